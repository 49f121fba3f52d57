using System.Diagnostics;
using System.Text;
using RedisAspire.Caching.Tracking;

namespace RedisAspire.Tests.Caching.Resp;

public sealed class RespReaderFuzzTests
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(2);
    private static readonly RespLimits Limits = new() { MaximumBlobBytes = 100_000 };
    private static readonly byte[] Telling = "\r\n0123456789-+:$*%~>|_#,(!=?;."u8.ToArray();

    [Fact]
    public void The_same_frames_come_out_wherever_the_input_is_cut()
    {
        foreach (var frame in RespFrames.Corpus.Where(frame => frame.Length < 200))
        {
            var input = Encoding.Latin1.GetBytes(frame);
            var whole = RespFrames.Read(input, []);
            Assert.Equal(whole, RespFrames.Read(input, Enumerable.Range(1, input.Length - 1)));
            for (var cut = 1; cut < input.Length; cut++)
                Assert.Equal(whole, RespFrames.Read(input, [cut]));
        }

        for (var seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            var input = Input(random);
            var cuts = Enumerable.Range(0, random.Next(20)).Select(_ => random.Next(input.Length)).Order();
            Assert.True(RespFrames.Read(input, []).SequenceEqual(RespFrames.Read(input, cuts), StringComparer.Ordinal), $"Other frames with seed {seed}.");
        }
    }

    [Fact]
    public void Spoiled_input_is_read_or_refused_and_never_costs_more_than_its_size()
    {
        var started = Stopwatch.GetTimestamp();
        for (var seed = 0; Stopwatch.GetElapsedTime(started) < Budget && seed < 100_000; seed++)
        {
            var random = new Random(seed);
            var input = Spoil(Input(random), random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var began = Stopwatch.GetTimestamp();
            Exception? failure = null;
            try
            {
                ReadOnlySpan<byte> rest = input;
                var reader = new RespReader(Limits);
                while (reader.TryRead(ref rest, out _))
                {
                }
            }
            catch (Exception thrown)
            {
                failure = thrown;
            }

            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(failure is null or RespProtocolException, $"Seed {seed}: {failure}");
            Assert.True(allocated < (100 * input.Length) + Limits.MaximumBlobBytes + 50_000, $"Seed {seed}: {allocated} bytes for {input.Length}.");
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(5), $"Seed {seed} hangs.");
        }
    }

    private static byte[] Input(Random random) =>
        [.. Enumerable.Range(0, random.Next(1, 8)).SelectMany(_ => Encoding.Latin1.GetBytes(RespFrames.Corpus[random.Next(RespFrames.Corpus.Count)]))];

    private static byte[] Spoil(byte[] input, Random random)
    {
        var bytes = new List<byte>(input);
        for (var i = random.Next(1, 6); i > 0 && bytes.Count > 0; i--)
        {
            var position = random.Next(bytes.Count);
            var value = random.Next(2) == 0 ? Telling[random.Next(Telling.Length)] : (byte)random.Next(256);
            switch (random.Next(5))
            {
                case 0:
                    bytes[position] = value;
                    break;
                case 1:
                    bytes.Insert(position, value);
                    break;
                case 2:
                    bytes.RemoveAt(position);
                    break;
                case 3:
                    bytes.RemoveRange(position, bytes.Count - position);
                    break;
                default:
                    var length = random.Next(Math.Min(50, bytes.Count - position));
                    bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(position, length));
                    break;
            }
        }

        return [.. bytes];
    }
}

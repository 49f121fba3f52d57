using System.Buffers;
using RedisAspire.Caching.Tracking;

namespace RedisAspire.Caching.Topology;

/// <summary>
/// A connection for looking after a server, made when it is first needed and made anew after it has failed. Apart from
/// those that carry the cache's traffic, so that a look is never stuck behind it, and with a time-out on everything.
/// </summary>
internal sealed class RedisAdministration(RedisNodeEndpoint endpoint, TimeProvider time) : IDisposable
{
    private readonly TrackedConnectionOptions _options = endpoint.ToConnectionOptions("RedisAspire-topology");
    private readonly SemaphoreSlim _turn = new(1);
    private readonly ArrayBufferWriter<byte> _output = new();
    private Stream? _stream;
    private RespInput? _input;

    /// <summary>Sends a command and waits for its reply.</summary>
    /// <exception cref="RespErrorException">The server answered with an error.</exception>
    /// <exception cref="TimeoutException">It did not answer in time.</exception>
    /// <exception cref="IOException">The connection was lost.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">There is nobody to connect to.</exception>
    public async Task<RespFrame> ExecuteAsync(TimeSpan timeout, CancellationToken cancellationToken, params string[] command)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await ExecuteAsync(command, either.Token).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            // What comes later would be taken for the reply to the next command.
            if (failure is not RespErrorException)
                Disconnect();
            if (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                throw new TimeoutException($"{endpoint.Address} did not answer within {timeout.TotalMilliseconds} ms.", failure);
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        Disconnect();
        _turn.Dispose();
    }

    private async Task<RespFrame> ExecuteAsync(string[] command, CancellationToken cancellationToken)
    {
        if (_stream is null)
            (_stream, _input) = await TrackedHandshake.OpenAsync(_options, TrackedHandshake.IntroduceAsync, cancellationToken).ConfigureAwait(false);

        _output.ResetWrittenCount();
        RespWriter.WriteCommand(_output, command);
        await _stream!.WriteAsync(_output.WrittenMemory, cancellationToken).ConfigureAwait(false);
        var reply = await TrackedHandshake.ReadReplyAsync(_input!, cancellationToken).ConfigureAwait(false);
        return reply.Kind == RespKind.Error ? throw new RespErrorException(reply.Text) : reply;
    }

    private void Disconnect()
    {
        _stream?.Dispose();
        _stream = null;
    }
}

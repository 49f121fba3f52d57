using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using RedisAspire.Benchmarks;

switch (args)
{
    case ["invalidation"]:
        await InvalidationMeasurement.RunAsync();
        break;
    case ["scale"]:
        await ScaleMeasurement.RunAsync();
        break;
    case ["stampede"]:
        await StampedeMeasurement.RunAsync();
        break;
    case ["stampede-worker", var nodes]:
        await StampedeMeasurement.WorkAsync(nodes);
        break;
    default:
        // In this process: the other toolchains look for a project file with the name of the assembly.
        BenchmarkSwitcher.FromAssembly(typeof(NearHitBenchmarks).Assembly).Run(
            args, DefaultConfig.Instance.AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance)));
        break;
}

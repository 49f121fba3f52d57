using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace RedisAspire.Benchmarks;

internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (CommandLine.IsCommand(args))
            return await CommandLine.Create().Parse(args).InvokeAsync();

        // In this process: the other toolchains look for a project file with the name of the assembly.
        BenchmarkSwitcher.FromAssembly(typeof(NearHitBenchmarks).Assembly).Run(
            args, DefaultConfig.Instance.AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance)));
        return 0;
    }
}

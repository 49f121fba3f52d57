using RedisAspire.AppHost;

namespace RedisAspire.Tests.AppHost;

/// <summary>What can be said on the command line, and what cannot.</summary>
public sealed class LaunchOptionsTests
{
    private static readonly string[] Names =
    [
        "--web-port", "--api-port", "--dashboard-port", "--redis-port", "--sentinel-port", "--replicas", "--sentinels", "--instances",
        "--password", "--admin-key", "--operator-token", "--open", "--class", "--host", "--data", "--runtime", "--no-dashboard",
    ];

    [Fact]
    public async Task Help_lists_every_option_and_starts_nothing()
    {
        var (exitCode, output) = await AppHostProgram.RunAsync("--help");

        Assert.Equal(0, exitCode);
        Assert.All(Names.Append("verify"), name => Assert.Contains(name, output, StringComparison.Ordinal));
        Assert.DoesNotContain("Everything is up", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_of_Redis_that_cannot_be_kept_is_refused_in_a_sentence()
    {
        var (exitCode, output) = await AppHostProgram.RunAsync("--no-dashboard", "--Parameters:redis-sentinel-password=a\"b");

        Assert.Equal(1, exitCode);
        Assert.Contains("The parameter 'redis-sentinel-password' must not be empty nor contain commas", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--web-prot=80", "--web-prot")]
    [InlineData("--replicas=many", "many")]
    [InlineData("--replicas=99", "--replicas must be between 0 and 16, not 99.")]
    [InlineData("--web-port=70000", "--web-port must be between 0 and 65000, not 70000.")]
    [InlineData("--instances=0", "--instances must be between 1 and 16, not 0.")]
    [InlineData("--password=a,b", "--password must not")]
    [InlineData("--password=a\"b", "--password must not")]
    [InlineData("--operator-token=a b", "--operator-token must")]
    [InlineData("--admin-key=clé", "--admin-key must be ASCII")]
    [InlineData("--host=192.0.2.1", "--host must be an address of this machine (")]
    [InlineData("--host=0.0.0.0", "not '0.0.0.0'")]
    [InlineData("--runtime=vm", "'container' or 'process', not 'vm'")]
    public async Task What_is_not_known_or_not_possible_is_refused_in_a_sentence(string argument, string reason)
    {
        var (exitCode, output) = await AppHostProgram.RunAsync(argument);

        Assert.Equal(1, exitCode);
        Assert.Contains(reason, output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_option_is_also_a_setting_and_what_is_nearer_counts()
    {
        Assert.Equal((3, 5000, true), Of(Read([])));
        Assert.Equal((1, 5000, true), Of(Read(["--RedisAspire:Replicas=1"])));
        Assert.Equal((2, 8080, false), Of(Read(["--RedisAspire:Replicas=1", "--replicas", "2", "--web-port=8080", "--RedisAspire:KeepsData=false"])));

        static (int Replicas, int WebPort, bool KeepsData) Of(LaunchOptions options) => (options.Replicas, options.WebPort, options.KeepsData);
    }

    [Fact]
    public void Verification_keeps_nothing_takes_any_ports_and_shows_no_dashboard()
    {
        var options = Read(["verify", "--ttl", "3"]);

        Assert.Equal((true, 3, false, true), (options.Verify, options.Ttl, options.KeepsData, options.NoDashboard));
        Assert.All([options.WebPort, options.ApiPort, options.RedisPort, options.SentinelPort], port => Assert.Equal(0, port));
    }

    // Without a dashboard, so that no port is taken for it.
    private static LaunchOptions Read(string[] arguments)
    {
        var options = LaunchOptions.Read([.. arguments, "--RedisAspire:NoDashboard=true"], out var exitCode);
        Assert.Equal(0, exitCode);
        return Assert.IsType<LaunchOptions>(options);
    }
}

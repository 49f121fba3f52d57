using System.Buffers;
using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using RedisAspire.RedisProcesses;
using RedisAspire.Standalone.Demo;

namespace RedisAspire.Standalone;

/// <summary>The commands of the program and their options.</summary>
internal static class CommandLine
{
    private const int Failure = 1;

    // These characters end a value in a connection string, in redis.conf or in a header.
    private static readonly SearchValues<char> NotInSecrets = SearchValues.Create(",\"\\ \t\r\n'");

    public static RootCommand Create()
    {
        var defaults = new LaunchOptions();
        var webPort = Port("--port", "Port of the web page.", defaults.WebPort);
        var apiPort = Port("--api-port", "Port of the first API instance; the others take the ones after it.", defaults.ApiPort);
        var api = Number("--api", "How many API instances to start.", defaults.ApiInstances, 1, 16);
        var redisPort = Port("--redis-port", "Port of the Redis master; replicas take the ones after it.", defaults.RedisPort);
        var replicas = Number("--replicas", "How many Redis replicas to start.", defaults.Replicas, 0, 16);
        var sentinels = Number("--sentinels", "How many sentinels watch the Redis nodes and replace a dead master; 0: none.", defaults.Sentinels, 0, 9);
        var sentinelPort = Port("--sentinel-port", "Port of the first sentinel; the others take the ones after it.", defaults.SentinelPort);
        var password = Secret("--redis-password", "Password of the services at every Redis node and sentinel (default: a random one).");
        var adminKey = Secret("--admin-key", "What a request must carry that stops nodes or changes their roles (default: a random one).");
        adminKey.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && !Ascii.IsValid(result.Tokens[0].Value))
                result.AddError("--admin-key must be ASCII.");
        });
        var data = new Option<string?>("--data") { Description = "Where Redis keeps its data (default: a directory of your own)." };

        var root = new RootCommand("Starts a replicated Redis, the API and the web page as local processes. Busy ports are passed over. Ctrl-C ends everything.")
        {
            webPort, apiPort, api, redisPort, replicas, sentinels, sentinelPort, password, adminKey, data,
        };
        root.SetAction((parsed, cancellationToken) => RunAsync(
            new LaunchOptions
            {
                WebPort = parsed.GetValue(webPort),
                ApiPort = parsed.GetValue(apiPort),
                ApiInstances = parsed.GetValue(api),
                RedisPort = parsed.GetValue(redisPort),
                Replicas = parsed.GetValue(replicas),
                Sentinels = parsed.GetValue(sentinels),
                SentinelPort = parsed.GetValue(sentinelPort),
                RedisPassword = parsed.GetValue(password),
                AdminKey = parsed.GetValue(adminKey),
                DataDirectory = parsed.GetValue(data),
            },
            cancellationToken));
        root.Add(DemoCommand());
        return root;
    }

    private static Command DemoCommand()
    {
        var ttl = Number("--ttl", "How long values are cached, in seconds. The demonstration waits that long once.", 60, 2, 600);
        var replicas = Number("--replicas", "How many Redis replicas to start.", new LaunchOptions().Replicas, 1, 16);
        var demo = new Command("demo", "Verifies replication and cache on a fresh topology, step by step; ends with 0 if every step succeeds, else 1.") { ttl, replicas };
        demo.SetAction((parsed, cancellationToken) => GuardAsync(async () =>
            await WorkshopDemo.RunAsync(Console.Out, parsed.GetValue(replicas), TimeSpan.FromSeconds(parsed.GetValue(ttl)), cancellationToken) ? 0 : Failure));
        return demo;
    }

    private static Task<int> RunAsync(LaunchOptions options, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        var log = ConsoleLaunchLog.Create();
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // A closed terminal ends the application as Ctrl-C does.
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            stopping.Cancel();
        });

        var data = DataDirectory.Open(options.DataDirectory);
        log.Say($"Redis keeps its data in {data.Path}.");
        await using var application = await StandaloneApplication.StartAsync(options, data, log, stopping.Token);
        log.Say(LaunchSummary.Of(application));
        try
        {
            var ended = await application.WaitForFailureAsync(stopping.Token);
            log.Say($"{ended.Name} ended by itself with code {await ended.Process.Exited}: everything else is stopped.");
            return Failure;
        }
        finally
        {
            log.Say("Stopping.");
        }
    });

    private static async Task<int> GuardAsync(Func<Task<int>> action)
    {
        try
        {
            return await action();
        }
        catch (LaunchException failure)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return Failure;
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
    }

    private static Option<int> Port(string name, string description, int byDefault) => Number(name, description, byDefault, 0, 65_000);

    private static Option<int> Number(string name, string description, int byDefault, int least, int most)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => byDefault };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var value) && (value < least || value > most))
                result.AddError($"{name} must be between {least} and {most}.");
        });
        return option;
    }

    private static Option<string?> Secret(string name, string description)
    {
        var option = new Option<string?>(name) { Description = description };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && (result.Tokens[0].Value.Length == 0 || result.Tokens[0].Value.AsSpan().ContainsAny(NotInSecrets)))
                result.AddError($"{name} must not be empty nor contain commas, quotes, backslashes or white space.");
        });
        return option;
    }
}

using System.CommandLine;
using System.Globalization;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace RedisAspire.AppHost;

/// <summary>
/// How the application is started: from the command line, or from the section <c>RedisAspire</c> of the configuration
/// (<c>RedisAspire__WebPort=8080</c> in the environment is <c>--web-port 8080</c>).
/// </summary>
internal sealed record LaunchOptions
{
    private const string Section = "RedisAspire";

    // The command line below says what each option is. A busy port is skipped; 0 takes any.
    public int WebPort { get; init; } = 5000;

    public int ApiPort { get; init; } = 5001;

    public int DashboardPort { get; init; } = 15000;

    public int RedisPort { get; init; } = 6379;

    public int SentinelPort { get; init; } = 26379;

    public int Replicas { get; init; } = 3;

    public int Sentinels { get; init; } = 3;

    public int Instances { get; init; } = 2;

    public string? Password { get; init; }

    public string? AdminKey { get; init; }

    public string? OperatorToken { get; init; }

    public bool Open { get; init; }

    public string? Host { get; init; }

    public bool Class { get; init; }

    public string? Data { get; init; }

    public string? Runtime { get; init; }

    public bool NoDashboard { get; init; }

    /// <summary>Whether data is kept for the next run.</summary>
    public bool KeepsData { get; init; } = true;

    /// <summary>Whether the application is verified and ended, rather than run.</summary>
    public bool Verify { get; init; }

    public int Ttl { get; init; } = 60;

    /// <summary>The arguments of the app host's builder.</summary>
    public string[] Arguments { get; private init; } = [];

    /// <summary>
    /// Reads the command line; settings such as <c>--Section:Name=value</c> are passed on as they are. Errors and help are written to
    /// the console: the result is <see langword="null"/> then, and the program ends with the exit code.
    /// </summary>
    public static LaunchOptions? Read(string[] args, out int exitCode)
    {
        exitCode = 0;
        var passedOn = new List<string>();
        var own = new List<string>();
        // Publishing uses Aspire's own command line.
        var isAspires = args.Contains("--operation", StringComparer.Ordinal) || args.Contains("--publisher", StringComparer.Ordinal);
        for (var i = 0; i < args.Length; i++)
        {
            var isSetting = args[i].StartsWith("--", StringComparison.Ordinal) && args[i].Split('=')[0].Contains(':', StringComparison.Ordinal);
            (isAspires || isSetting ? passedOn : own).Add(args[i]);
            if (isSetting && !isAspires && !args[i].Contains('=', StringComparison.Ordinal) && i + 1 < args.Length)
                passedOn.Add(args[++i]);
        }

        var given = new List<string>();
        var root = CommandLine(given);
        var parsed = root.Parse(own);
        if (parsed.Errors.Count > 0 || own.Exists(argument => argument is "-h" or "-?" or "--help" or "--version"))
        {
            exitCode = parsed.Invoke();
            return null;
        }

        parsed.Invoke();
        string[] settings = [.. passedOn, .. given];
        var configuration = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true)
            .AddEnvironmentVariables()
            .AddCommandLine(settings)
            .Build();
        try
        {
            var options = configuration.GetSection(Section).Get<LaunchOptions>() ?? new LaunchOptions();
            options.Check();
            return (options.Verify ? options.ForVerification() : options).WithArguments(settings);
        }
        catch (Exception failure) when (failure is InvalidOperationException or DistributedApplicationException)
        {
            Console.Error.WriteLine(failure.Message);
            exitCode = 1;
            return null;
        }
    }

    /// <summary>A port for a service: the wanted one, or the next free one, which is then reported on the console.</summary>
    public static int? TakePort(int wanted, string what)
    {
        if (wanted == 0)
            return null;
        var port = Hosting.FreePorts.Take(wanted);
        if (port != wanted)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Port {wanted} is in use: {what} listens on {port}."));
        return port;
    }

    private static RootCommand CommandLine(List<string> given)
    {
        var defaults = new LaunchOptions();
        var options = new List<Option>
        {
            Number(nameof(WebPort), "Port of the web page.", defaults.WebPort),
            Number(nameof(ApiPort), "Port of the API.", defaults.ApiPort),
            Number(nameof(DashboardPort), "Port of the Aspire dashboard.", defaults.DashboardPort),
            Number(nameof(RedisPort), "Port of the Redis master; replicas take the ones after it.", defaults.RedisPort),
            Number(nameof(SentinelPort), "Port of the first sentinel; the others take the ones after it.", defaults.SentinelPort),
            Number(nameof(Replicas), "How many Redis replicas follow the master.", defaults.Replicas),
            Number(nameof(Sentinels), "How many sentinels watch the nodes and replace a dead master; 0: none.", defaults.Sentinels),
            Number(nameof(Instances), "How many instances of the API are started.", defaults.Instances),
            Text(nameof(Password), "TEXT", "Password of the services at every Redis node and sentinel (default: a random one)."),
            Text(nameof(AdminKey), "TEXT", "Key of requests that change or break something (default: a random one)."),
            Text(nameof(OperatorToken), "TEXT", "Token with which an operator logs in at the web page (default: a random one)."),
            Text(nameof(Data), "DIR", "Where Redis keeps its data (default: a place of this checkout's own)."),
            Text(nameof(Runtime), "container|process", "What Redis runs as (default: containers where an engine answers, else processes)."),
            Flag(nameof(Open), "Lets every visitor of the web page change and break things, without the token: for a classroom where all are trusted."),
            Flag(nameof(Class), "Opens a class: learners join with a name and have keys of their own, and the operator is their teacher."),
            Text(nameof(Host), "ADDRESS", "Address of this machine at which the web page, and nothing else, listens for others: without TLS, and everybody in that network can look (default: none can)."),
            Flag(nameof(NoDashboard), "Leaves the dashboard out."),
        };
        var root = new RootCommand(
            "Starts a replicated Redis, an API that caches in it, a web page and the Aspire dashboard. A busy port is skipped. Ctrl-C ends everything.\n"
            + "Settings of the services pass through the environment, for example SlowDatabase__Latency=00:00:00.2.");
        foreach (var option in options)
            root.Add(option);
        root.SetAction(Take);

        var ttl = Number(nameof(Ttl), "How long values are cached, in seconds: it is waited for once.", defaults.Ttl);
        var verify = new Command("verify", "Verifies replication and cache on fresh nodes, step by step, and ends with 0 if every step succeeds, else with 1.") { ttl };
        foreach (var option in options.Where(option => option.Name is "--replicas" or "--runtime"))
            verify.Add(option);
        verify.SetAction(parsed =>
        {
            options.Add(ttl);
            Take(parsed);
            given.Add($"--{Section}:{nameof(Verify)}=true");
        });
        root.Add(verify);
        return root;

        void Take(ParseResult parsed)
        {
            foreach (var option in options)
            {
                // A flag needs no value.
                if (parsed.GetResult(option) is { Implicit: false } result)
                    given.Add($"--{Section}:{PropertyOf(option)}={(result.Tokens is [var token, ..] ? token.Value : bool.TrueString)}");
            }
        }
    }

    private static Option<int> Number(string property, string description, int byDefault) =>
        new(NameOf(property)) { Description = description, HelpName = "N", DefaultValueFactory = _ => byDefault };

    private static Option<string?> Text(string property, string value, string description) => new(NameOf(property)) { Description = description, HelpName = value };

    private static Option<bool> Flag(string property, string description) => new(NameOf(property)) { Description = description };

    // WebPort and --web-port.
    private static string NameOf(string property) =>
        string.Concat(property.Select(letter => char.IsUpper(letter) ? $"-{char.ToLowerInvariant(letter)}" : $"{letter}")).Insert(0, "-");

    private static string PropertyOf(Option option) => option.Name.Replace("-", "", StringComparison.Ordinal);

    private void Check()
    {
        foreach (var (name, value) in new[] { ("web-port", WebPort), ("api-port", ApiPort), ("dashboard-port", DashboardPort), ("redis-port", RedisPort), ("sentinel-port", SentinelPort) })
            Check(name, value, 0, 65_000);
        Check("replicas", Replicas, 0, 16);
        Check("sentinels", Sentinels, 0, 9);
        Check("instances", Instances, 1, 16);
        Check("ttl", Ttl, 2, 600);
        if (Password is not null && Hosting.RedisCredentials.RefusalOf(Password) is { } refusal)
            throw new DistributedApplicationException($"--password {refusal}");
        foreach (var (name, value) in new[] { ("admin-key", AdminKey), ("operator-token", OperatorToken) })
        {
            if (value is not null && (value.Length == 0 || !Ascii.IsValid(value) || value.Any(char.IsWhiteSpace)))
                throw new DistributedApplicationException($"--{name} must be ASCII without white space, and not empty.");
        }

        if (!string.IsNullOrEmpty(Host) && !OwnAddresses().Contains(Host, StringComparer.OrdinalIgnoreCase))
            throw new DistributedApplicationException($"--host must be an address of this machine ({string.Join(", ", OwnAddresses())}), not '{Host}'.");

        if (Runtime is not (null or "" or "container" or "process"))
            throw new DistributedApplicationException($"--runtime must be 'container' or 'process', not '{Runtime}'.");

        static void Check(string name, int value, int least, int most)
        {
            if (value < least || value > most)
                throw new DistributedApplicationException(string.Create(CultureInfo.InvariantCulture, $"--{name} must be between {least} and {most}, not {value}."));
        }
    }

    private static string[] OwnAddresses() =>
    [
        .. NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(own => own.Address)
            .Where(address => address is { AddressFamily: AddressFamily.InterNetwork } or { AddressFamily: AddressFamily.InterNetworkV6, ScopeId: 0 })
            .Select(address => address.ToString()),
    ];

    private LaunchOptions ForVerification() => this with { WebPort = 0, ApiPort = 0, RedisPort = 0, SentinelPort = 0, Instances = 1, NoDashboard = true, KeepsData = false };

    // The dashboard's three addresses are found here, so that two applications run side by side.
    private LaunchOptions WithArguments(string[] settings)
    {
        var own = new List<string>();
        if (!NoDashboard)
        {
            own.Add($"--ASPNETCORE_URLS=http://localhost:{TakePort(DashboardPort, "the dashboard") ?? Hosting.FreePorts.Take(0)}");
            own.Add($"--ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL=http://localhost:{Hosting.FreePorts.Take(0)}");
            own.Add($"--ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL=http://localhost:{Hosting.FreePorts.Take(0)}");
            own.Add("--ASPIRE_ALLOW_UNSECURED_TRANSPORT=true");
        }

        if (Password is not null)
            own.Add($"--Parameters:redis-password={Password}");
        if (AdminKey is not null)
            own.Add($"--Parameters:admin-key={AdminKey}");
        if (OperatorToken is not null)
            own.Add($"--Parameters:operator-token={OperatorToken}");
        if (!string.IsNullOrEmpty(Runtime))
            own.Add($"--Redis:Runtime={Runtime}");
        // Only the report is printed then.
        if (Verify)
            own.AddRange(["--Logging:LogLevel:Default=Error", "--Logging:LogLevel:Aspire.Hosting.Dcp=Error"]);
        return this with { Arguments = [.. own, .. settings] };
    }
}

using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using RedisAspire.Hosting;

namespace RedisAspire.Tests.AppHost;

/// <summary>The app host, with passwords that are known and with nothing that another run could see.</summary>
internal static class AppHostUnderTest
{
    public const string AdminKey = "test-admin-key";
    public const string OperatorToken = "test-operator-token";
    public const string Password = "test-password";

    // The assembly that says where the orchestrator is.
    private const string WithOrchestrator = "RedisAspire.AppHost";

    // Given, so that none is generated and stored.
    private static readonly string[] Secrets =
    [
        $"--Parameters:admin-key={AdminKey}",
        $"--Parameters:operator-token={OperatorToken}",
        "--Parameters:frontend-key=test-frontend-key",
        $"--Parameters:redis-password={Password}",
        .. new[] { "operator", "reader", "replication", "sentinel", "statistics", "admin" }.Select(user => $"--Parameters:redis-{user}-password={user}-password"),
    ];

    // Any free ports, nothing that the next run could find, and no output among that of the tests.
    private static readonly string[] Alone =
    [
        .. new[] { "WebPort=0", "ApiPort=0", "RedisPort=0", "SentinelPort=0", "NoDashboard=true", "KeepsData=false" }.Select(option => $"--RedisAspire:{option}"),
        "--Logging:LogLevel:Default=Warning",
        "--Logging:LogLevel:RedisAspire.AppHost.Resources=None",
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Makes an application with nothing in it, as somebody else would.</summary>
    /// <param name="arguments">Arguments on its command line.</param>
    public static IDistributedApplicationBuilder CreateEmpty(params string[] arguments) => DistributedApplication.CreateBuilder(
        new DistributedApplicationOptions { Args = arguments, AssemblyName = WithOrchestrator, DisableDashboard = true });

    /// <summary>Makes the application, not yet built.</summary>
    /// <param name="arguments">Arguments on its command line.</param>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync(params string[] arguments) =>
        DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>([.. Alone, .. Secrets, .. arguments], Cancellation);

    /// <summary>Builds the application as people see it, with the nodes as processes. Nothing is started.</summary>
    public static async Task<DistributedApplication> BuildAsync() =>
        await (await CreateAsync("--Redis:Runtime=process", "--RedisAspire:NoDashboard=false", "--RedisAspire:DashboardPort=0")).BuildAsync(Cancellation);

    /// <summary>Why nodes cannot run in containers on this machine; <see langword="null"/> when they can.</summary>
    public static async Task<string?> WhyNoContainersAsync()
    {
        var choice = await RedisRuntimeChoice.MakeAsync(new ConfigurationBuilder().AddEnvironmentVariables().Build(), wanted: null, Cancellation);
        return choice.Runtime == RedisRuntime.Container ? null : choice.Reason;
    }

    /// <summary>The model.</summary>
    public static IResourceCollection Resources(this DistributedApplication application) =>
        application.Services.GetRequiredService<DistributedApplicationModel>().Resources;

    /// <summary>The Redis nodes and sentinels.</summary>
    public static RedisReplicationResource Redis(this DistributedApplication application) => application.Resources().OfType<RedisReplicationResource>().Single();

    /// <summary>A resource's arguments. What is only known at run time appears as the expressions of the manifest.</summary>
    public static async Task<string> ArgumentsAsync(this DistributedApplication application, IResource resource)
    {
        var context = new CommandLineArgsCallbackContext([], resource, Cancellation) { ExecutionContext = application.Context() };
        foreach (var annotation in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>())
            await annotation.Callback(context);
        return string.Join(' ', context.Args.Select(Text));
    }

    /// <summary>A resource's environment, likewise.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> EnvironmentAsync(this DistributedApplication application, IResource resource)
    {
        var context = new EnvironmentCallbackContext(application.Context(), resource, cancellationToken: Cancellation);
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
            await annotation.Callback(context);
        return context.EnvironmentVariables.ToDictionary(variable => variable.Key, variable => Text(variable.Value));
    }

    private static DistributedApplicationExecutionContext Context(this DistributedApplication application) =>
        application.Services.GetRequiredService<DistributedApplicationExecutionContext>();

    private static string Text(object value) => value is IManifestExpressionProvider expression ? expression.ValueExpression : $"{value}";
}

using System.Net.Http.Json;
using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using RedisAspire.Hosting;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;
using StackExchange.Redis;

namespace RedisAspire.Tests.AppHost;

/// <summary>The whole application as the app host runs it, on any free ports and without a dashboard, and the means to break it.</summary>
/// <param name="settings">Settings of the app host, as on its command line.</param>
public abstract class RunningApplication(params string[] settings) : IAsyncLifetime
{
    private DistributedApplication? _application;

    /// <summary>Why it cannot run on this machine; <see langword="null"/> when it can.</summary>
    public virtual string? SkipReason => null;

    /// <summary>The application.</summary>
    public DistributedApplication Application => _application!;

    /// <summary>The nodes and sentinels, where they are processes.</summary>
    internal RedisReplication Redis { get; private set; } = null!;

    /// <summary>The instances of the API.</summary>
    internal IReadOnlyList<RunningService> Apis { get; private set; } = [];

    /// <summary>The web page.</summary>
    internal RunningService Web { get; private set; } = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public virtual async ValueTask InitializeAsync()
    {
        if (SkipReason is not null)
            return;

        var builder = await AppHostUnderTest.CreateAsync(settings);
        foreach (var service in builder.Resources.OfType<ProjectResource>())
            Configure(builder.CreateResourceBuilder(service));
        _application = await builder.BuildAsync(Cancellation);

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(Eventually.Limit);
        await Application.StartAsync(deadline.Token);
        foreach (var resource in Application.Redis().Members.Select(member => member.Name).Append("webfrontend"))
            await Application.ResourceNotifications.WaitForResourceHealthyAsync(resource, deadline.Token);

        Redis = new RedisReplication(
            await Application.Redis().Credentials.ResolveAsync(deadline.Token),
            Application.Redis().NodeMembers.Select(PortOf), Application.Redis().SentinelMembers.Select(PortOf), new AppHostRunner(Application));
        Apis = await RunningService.InstancesOfAsync(Application, "apiservice", deadline.Token);
        Web = (await RunningService.InstancesOfAsync(Application, "webfrontend", deadline.Token)).Single();

        static (string Name, int Port) PortOf(RedisMember member) => (member.Name, member.Endpoint.Port);
    }

    /// <summary>Starts again whatever a test has ended and not started itself, so that a test that fails fails alone.</summary>
    public virtual async Task RestoreAsync()
    {
        await Redis.RestoreAsync();
        await RestoreServicesAsync();
    }

    /// <summary>Starts the services again that a test has ended.</summary>
    protected Task RestoreServicesAsync() =>
        Task.WhenAll(Apis.Append(Web).Where(service => !service.IsRunning).Select(service => service.StartAsync(Cancellation)));

    /// <summary>Asks a node for a key.</summary>
    public async Task<string?> ReadAsync(string node, string key)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync((await Application.GetConnectionStringAsync(node))!);
        return await connection.GetDatabase().StringGetAsync(key);
    }

    /// <summary>Has the API do something with a node.</summary>
    public Task<HttpResponseMessage> OrderAsync(string node, string action) => SendAsync(HttpMethod.Post, $"/api/nodes/{node}/{action}");

    /// <summary>Sends the API a request with the admin key.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path)
    {
        using var http = Application.CreateHttpClient("apiservice");
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("X-Admin-Key", AppHostUnderTest.AdminKey);
        return await http.SendAsync(request);
    }

    /// <summary>The role of every node, as the API sees it.</summary>
    public async Task<IReadOnlyDictionary<string, string>> RolesAsync()
    {
        using var http = Application.CreateHttpClient("apiservice");
        var nodes = await http.GetFromJsonAsync<JsonElement>("/api/nodes");
        return nodes.EnumerateArray().ToDictionary(
            node => node.GetProperty("name").GetString()!,
            node => node.GetProperty("status").GetString() == "up" ? node.GetProperty("role").GetString()! : "down");
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (_application is not null)
            await _application.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives a service settings of its own.</summary>
    protected virtual void Configure(IResourceBuilder<ProjectResource> service)
    {
    }
}

namespace RedisAspire.Web.Api;

/// <summary>
/// The class of learners. The API takes it from the web page alone, which knows who its visitors are: these requests carry the
/// admin key whoever the visitor is. A failed request throws a <see cref="CacheApiException"/>.
/// </summary>
internal sealed class ClassroomClient(IHttpClientFactory clients, IConfiguration configuration, TimeProvider time)
{
    private const string Address = "api/class";

    // However many learners look, the API is asked about once a second.
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(900);

    private readonly Lock _lock = new();
    private readonly ApiConnection _api = new(clients, configuration) { IsOperator = true };
    private Task<ClassResponse>? _reading;
    private DateTimeOffset _readAt;

    public bool IsOpen => configuration.GetValue<bool>("Class:Open");

    /// <summary>Reads the class, or returns what was read within the last second unless it has to be fresh.</summary>
    public Task<ClassResponse> GetAsync(bool isFresh = false)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (isFresh || _reading is null || _reading.IsFaulted || now - _readAt >= Fresh)
                (_reading, _readAt) = (_api.GetAsync<ClassResponse>(Address, CancellationToken.None), now);
            return _reading;
        }
    }

    /// <summary>Finds a learner; none when the teacher has removed the learner. Whoever took the name later is another one.</summary>
    public async Task<LearnerResponse?> FindAsync(string name, DateTimeOffset joinedAt) =>
        (await GetAsync()).Learners.FirstOrDefault(learner => learner.Name == name && learner.JoinedAt == joinedAt);

    public Task<LearnerResponse> JoinAsync(string name, CancellationToken cancellationToken) =>
        _api.SendAsync<LearnerResponse>(HttpMethod.Post, $"{Address}/learners", new JoinRequest(name), cancellationToken);

    public Task RemoveAsync(string name, CancellationToken cancellationToken) => ChangeAsync(HttpMethod.Delete, AddressOf(name), cancellationToken);

    /// <summary>Keeps that a learner has done a step of the workshop.</summary>
    public Task FinishAsync(string name, string step, CancellationToken cancellationToken) => ChangeAsync(HttpMethod.Put, AddressOf(name, $"/steps/{step}"), cancellationToken);

    /// <summary>Forgets the steps of a learner, or of all.</summary>
    public Task ResetAsync(string? name, CancellationToken cancellationToken) =>
        ChangeAsync(HttpMethod.Delete, name is null ? $"{Address}/steps" : AddressOf(name, "/steps"), cancellationToken);

    /// <summary>Gives fault injection to a learner, or takes it back.</summary>
    public Task TrustAsync(string name, bool isTrusted, CancellationToken cancellationToken) =>
        ChangeAsync(isTrusted ? HttpMethod.Put : HttpMethod.Delete, AddressOf(name, "/faults"), cancellationToken);

    public Task EndAsync(CancellationToken cancellationToken) => ChangeAsync(HttpMethod.Delete, Address, cancellationToken);

    private static string AddressOf(string name, string what = "") => $"{Address}/learners/{Uri.EscapeDataString(name)}{what}";

    private async Task ChangeAsync(HttpMethod method, string address, CancellationToken cancellationToken)
    {
        await _api.SendAsync(method, address, body: null, cancellationToken);
        lock (_lock)
            _reading = null;
    }
}

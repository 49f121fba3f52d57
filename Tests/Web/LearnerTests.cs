using System.Net;
using Microsoft.Extensions.Configuration;
using RedisAspire.Contracts;
using RedisAspire.Web.Api;
using RedisAspire.Web.Operators;

namespace RedisAspire.Tests.Web;

/// <summary>A learner has keys of their own, and no right but those that the teacher gives.</summary>
public sealed class LearnerTests
{
    private static readonly IConfiguration Configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Admin:Key", "key")]).Build();

    [Fact]
    public void A_key_begins_with_the_learners_name_once()
    {
        using var recorder = new Recorder();
        var learner = new Learner(new ApiConnection(recorder, Configuration));
        Assert.Equal("foo", learner.KeyOf("foo"));

        learner.Be(new LearnerResponse("ada", DateTimeOffset.UnixEpoch, [], MayInjectFaults: false));

        Assert.Equal(("ada:foo", "ada:foo", ""), (learner.KeyOf("foo"), learner.KeyOf("ada:foo"), learner.KeyOf("")));
    }

    [Fact]
    public void Whoever_takes_the_name_later_is_another_learner()
    {
        using var recorder = new Recorder();
        var learner = new Learner(new ApiConnection(recorder, Configuration));
        learner.Be(new LearnerResponse("ada", DateTimeOffset.UnixEpoch, [], MayInjectFaults: true));

        Assert.NotNull(learner.In(new ClassResponse([new("ada", DateTimeOffset.UnixEpoch, ["cache"], MayInjectFaults: false)])));
        Assert.Null(learner.In(new ClassResponse([new("ada", DateTimeOffset.UnixEpoch.AddHours(1), [], MayInjectFaults: false)])));
    }

    [Theory]
    [InlineData("POST", "api/nodes/redis-master/stop", true)]
    [InlineData("POST", "api/nodes/redis-master/start", true)]
    [InlineData("POST", "api/nodes/redis-replica-1/promote", false)]
    [InlineData("DELETE", "api/cache", false)]
    [InlineData("GET", "api/nodes/redis-master/stop", false)]
    [InlineData("POST", "api/class/learners", false)]
    public async Task Fault_injection_is_all_that_a_learner_can_be_given(string method, string address, bool hasKey)
    {
        using var recorder = new Recorder();
        var connection = new ApiConnection(recorder, Configuration) { MayInjectFaults = true };

        await connection.SendAsync(new HttpMethod(method), address, body: null, TestContext.Current.CancellationToken);

        Assert.Equal(hasKey, recorder.HadKey);
    }

    private sealed class Recorder : HttpMessageHandler, IHttpClientFactory
    {
        public bool HadKey { get; private set; }

        public HttpClient CreateClient(string name) => new(this, disposeHandler: false) { BaseAddress = new Uri("http://localhost") };

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            HadKey = request.Headers.Contains(ApiConnection.AdminKeyHeader);
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.NoContent));
        }
    }
}

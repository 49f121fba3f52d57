using System.Net;
using System.Net.Http.Json;
using RedisAspire.Contracts;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

/// <summary>A class of learners, which Redis keeps.</summary>
public sealed class ClassTests(ApiFixture fixture) : IClassFixture<ApiFixture>, IAsyncLifetime
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await SendAsync(HttpMethod.Delete, "", HttpStatusCode.NoContent);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Twenty_five_learners_join_at_once_do_a_step_each_and_a_restart_forgets_none()
    {
        var names = Enumerable.Range(1, 25).Select(number => $"learner-{number:00}").ToArray();

        await Task.WhenAll(names.Select(name => JoinAsync(name, HttpStatusCode.Created)));
        await Task.WhenAll(names.Select(name => SendAsync(HttpMethod.Put, $"/learners/{name}/steps/cache", HttpStatusCode.NoContent)));

        await using var another = await ApiFactory.StartAsync(fixture.Redis);
        using var client = another.CreateAdminClient();
        await Eventually.HoldsAsync("the replicas know all", async () =>
        {
            var learners = (await client.GetFromJsonAsync<ClassResponse>("/api/class", Cancellation))!.Learners;
            return learners.Select(learner => learner.Name).SequenceEqual(names) && learners.All(learner => learner.Steps.SequenceEqual(["cache"]));
        });
    }

    [Fact]
    public async Task A_name_is_taken_once_whether_in_capitals_or_not_until_its_learner_is_removed()
    {
        await JoinAsync("Élodie", HttpStatusCode.Created);
        await JoinAsync("élodie", HttpStatusCode.Conflict);
        await JoinAsync("E\u0301lodie", HttpStatusCode.Conflict);

        await SendAsync(HttpMethod.Delete, "/learners/%C3%89lodie", HttpStatusCode.NoContent);

        await JoinAsync("élodie", HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("a:b")]
    [InlineData("a/b")]
    [InlineData("abcdefghijklmnopqrstuvwxy")]
    [InlineData("app")]
    [InlineData("Db")]
    public async Task A_name_that_cannot_begin_a_key_is_refused_with_a_reason(string name)
    {
        var answer = await JoinAsync(name, HttpStatusCode.BadRequest);

        Assert.Contains("ame", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_teacher_resets_one_or_all_and_gives_out_fault_injection()
    {
        await JoinAsync("ada", HttpStatusCode.Created);
        await JoinAsync("bob", HttpStatusCode.Created);
        foreach (var name in (string[])["ada", "bob"])
            await SendAsync(HttpMethod.Put, $"/learners/{name}/steps/install", HttpStatusCode.NoContent);

        await SendAsync(HttpMethod.Put, "/learners/ada/faults", HttpStatusCode.NoContent);
        await SendAsync(HttpMethod.Delete, "/learners/bob/steps", HttpStatusCode.NoContent);
        await ExpectAsync(("ada", 1, true), ("bob", 0, false));

        await SendAsync(HttpMethod.Delete, "/learners/ada/faults", HttpStatusCode.NoContent);
        await SendAsync(HttpMethod.Delete, "/steps", HttpStatusCode.NoContent);
        await ExpectAsync(("ada", 0, false), ("bob", 0, false));

        await SendAsync(HttpMethod.Put, "/learners/nobody/steps/install", HttpStatusCode.NotFound);
        await SendAsync(HttpMethod.Put, "/learners/nobody/faults", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Without_the_admin_key_nobody_learns_who_is_there()
    {
        using var answer = await fixture.Anybody.GetAsync(new Uri("/api/class", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    private Task ExpectAsync(params (string Name, int Steps, bool MayInjectFaults)[] expected) => Eventually.HoldsAsync("the class is as expected", async () =>
        (await fixture.Admin.GetFromJsonAsync<ClassResponse>("/api/class", Cancellation))!.Learners
            .Select(learner => (learner.Name, learner.Steps.Count, learner.MayInjectFaults)).SequenceEqual(expected));

    private async Task<string> JoinAsync(string name, HttpStatusCode expected)
    {
        using var answer = await fixture.Admin.PostAsJsonAsync("/api/class/learners", new JoinRequest(name), Cancellation);
        Assert.Equal(expected, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(Cancellation);
    }

    private async Task SendAsync(HttpMethod method, string path, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(method, new Uri($"/api/class{path}", UriKind.Relative));
        using var answer = await fixture.Admin.SendAsync(request, Cancellation);
        Assert.Equal(expected, answer.StatusCode);
    }
}

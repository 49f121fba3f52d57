using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using RedisAspire.ApiService.Data;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

public sealed class DataChangeTests(ApiFixture fixture) : ApiTests(fixture, hasAdminKey: true), IClassFixture<ApiFixture>
{
    private readonly string _key = $"key-{Guid.NewGuid():N}";

    [Fact]
    public async Task A_changed_value_is_seen_by_every_instance_at_once()
    {
        await using var other = await ApiFactory.StartAsync(Redis);
        using var elsewhere = other.CreateClient();
        await Eventually.HoldsAsync("the other instance has the old value in its process", async () => (await DataAsync(elsewhere)).Level == "near");

        using var changed = await PutAsync(_key, "new ☕");

        Assert.Equal(HttpStatusCode.NoContent, changed.StatusCode);
        Assert.Equal("new ☕", (await DataAsync(Client)).Data);
        await Eventually.HoldsAsync("the other instance has the new value", async () => (await DataAsync(elsewhere)).Data == "new ☕");
        using var emptied = await Client.DeleteAsync(new Uri("/api/cache", UriKind.Relative), Cancellation);
        Assert.Equal("new ☕", (await DataAsync(elsewhere)).Data);
    }

    [Fact]
    public async Task Only_so_many_changes_are_kept_and_the_oldest_value_is_the_first_again()
    {
        using var changed = await PutAsync(_key, "changed");
        Assert.Equal("changed", (await DataAsync(Client)).Data);
        await Redis.Master.ExecuteAsync("ZADD", "app:database:order", 1, _key);
        for (var i = 0; i < ChangedRows.Maximum; i++)
            await Redis.Master.ExecuteAsync("ZADD", "app:database:order", 2, $"filler-{i}");

        using var next = await PutAsync($"{_key}-next", "changed");

        Assert.Equal(HttpStatusCode.NoContent, next.StatusCode);
        Assert.Equal($"data_pour_{_key}", (await DataAsync(Client)).Data);
        await Redis.Master.ExecuteAsync("DEL", "app:database:order", "app:database:rows");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"value":null}""")]
    [InlineData("""{"value":1}""")]
    [InlineData("""{"value":"x","other":1}""")]
    [InlineData("""{"value":"\ud800"}""")]
    public async Task A_body_that_is_no_value_is_refused(string body)
    {
        using var content = new StringContent(body, new MediaTypeHeaderValue("application/json"));
        using var response = await Client.PutAsync(PathOf(_key), content, Cancellation);

        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task A_value_that_is_too_large_is_refused()
    {
        using var largest = await PutAsync(_key, new string('x', 64 * 1024));
        using var larger = await PutAsync(_key, new string('é', 33 * 1024));

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.BadRequest), (largest.StatusCode, larger.StatusCode));
        Assert.Contains("at most 65536 bytes", await larger.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task Changing_needs_the_admin_key()
    {
        using var anybody = Api.CreateClient();
        using var response = await anybody.PutAsJsonAsync(PathOf(_key), new { value = "x" }, Cancellation);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Without_a_master_nothing_is_changed_and_reading_goes_on()
    {
        var own = new RedisFixture();
        await own.InitializeAsync();
        await using var cleanup = own;
        await using var api = await ApiFactory.StartAsync(own.Redis);
        using var client = api.CreateAdminClient();
        using var before = await PutAsync(_key, "changed", client);
        // A master whose disk is slow acknowledges a write before it is in its file.
        await Eventually.HoldsAsync("the master has the write in its file", async () => (await own.Redis.Master.InfoAsync("persistence"))["aof_buffer_length"] == "0");
        await own.Redis.Master.Process.KillAsync();

        using var refused = await PutAsync(_key, "again", client);
        using var read = await client.GetAsync(PathOf($"{_key}-2"), Cancellation);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "application/problem+json"), (refused.StatusCode, refused.Content.Headers.ContentType?.MediaType));
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);

        await own.Redis.Master.StartAsync();
        await Eventually.HoldsAsync("the changed value is back", async () => (await DataAsync(client)).Data == "changed");
    }

    [Fact]
    public async Task A_client_that_has_the_value_is_not_sent_it_again()
    {
        using var first = await Client.GetAsync(PathOf(_key), Cancellation);
        using var same = await GetAsync(first.Headers.ETag!);
        using var any = await GetAsync(EntityTagHeaderValue.Any);
        using var changed = await PutAsync(_key, "changed");
        using var newer = await GetAsync(first.Headers.ETag!);

        Assert.Equal((HttpStatusCode.NotModified, HttpStatusCode.NotModified, HttpStatusCode.OK), (same.StatusCode, any.StatusCode, newer.StatusCode));
        Assert.Equal((first.Headers.ETag, true), (same.Headers.ETag, same.Headers.CacheControl!.NoCache));
        Assert.Empty(await same.Content.ReadAsByteArrayAsync(Cancellation));
        Assert.Equal(newer.Headers.ETag, changed.Headers.ETag);

        async Task<HttpResponseMessage> GetAsync(EntityTagHeaderValue known)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, PathOf(_key)) { Headers = { IfNoneMatch = { known } } };
            return await Client.SendAsync(request, Cancellation);
        }
    }

    [Fact]
    public async Task A_value_that_has_changed_meanwhile_is_not_overwritten()
    {
        using var first = await Client.GetAsync(PathOf(_key), Cancellation);
        var read = first.Headers.ETag!.ToString();
        using var changed = await PutIfAsync("second", "If-Match", $"\"other\", {read}");
        using var refused = await PutIfAsync("third", "If-Match", read);
        using var weak = await PutIfAsync("third", "If-Match", $"W/{changed.Headers.ETag}");
        using var none = await PutIfAsync("third", "If-None-Match", "*");
        using var unreadable = await PutIfAsync("third", "If-Match", "third");

        Assert.Equal(HttpStatusCode.NoContent, changed.StatusCode);
        Assert.All([refused, weak, none], response =>
            Assert.Equal((HttpStatusCode.PreconditionFailed, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType)));
        Assert.Equal(HttpStatusCode.BadRequest, unreadable.StatusCode);
        Assert.Equal("second", (await DataAsync(Client)).Data);
        using var any = await PutIfAsync("third", "If-Match", "*");
        Assert.Equal((HttpStatusCode.NoContent, "third"), (any.StatusCode, (await DataAsync(Client)).Data));
    }

    [Fact]
    public async Task Of_many_who_have_read_the_same_value_one_changes_it()
    {
        using var first = await Client.GetAsync(PathOf(_key), Cancellation);

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => PutIfAsync($"value {i}", "If-Match", first.Headers.ETag!.ToString())));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.NoContent);
        Assert.Equal(9, answers.Count(answer => answer.StatusCode == HttpStatusCode.PreconditionFailed));
    }

    [Fact]
    public async Task The_forms_of_a_value_have_tags_of_their_own_and_either_will_do_for_a_change()
    {
        using var json = await Client.GetAsync(PathOf(_key), Cancellation);
        using var request = new HttpRequestMessage(HttpMethod.Get, PathOf(_key)) { Headers = { Accept = { new("text/plain") }, IfNoneMatch = { json.Headers.ETag! } } };
        using var text = await Client.SendAsync(request, Cancellation);

        Assert.Equal((HttpStatusCode.OK, "text/plain"), (text.StatusCode, text.Content.Headers.ContentType?.MediaType));
        Assert.NotEqual(json.Headers.ETag, text.Headers.ETag);
        using var changed = await PutIfAsync("changed", "If-Match", text.Headers.ETag!.ToString());
        Assert.Equal(HttpStatusCode.NoContent, changed.StatusCode);
    }

    [Fact]
    public async Task The_process_can_be_passed_over()
    {
        await Eventually.HoldsAsync("the value is near", async () => (await DataAsync(Client)).Level == "near");

        Assert.Equal("redis", (await DataAsync(Client, "?bypassNear=true")).Level);
        Assert.Equal("near", (await DataAsync(Client, "?bypassNear=false")).Level);
    }

    [Fact]
    public async Task A_value_stays_cached_for_as_long_as_was_asked()
    {
        var answer = await Client.GetFromJsonAsync<JsonElement>(new Uri($"/data/{_key}?ttl=7", UriKind.Relative), Cancellation);

        Assert.Equal(7, answer.GetProperty("ttlSeconds").GetDouble());
        Assert.InRange((long)await Redis.Master.ExecuteAsync("PTTL", _key), 1, 7000);
    }

    [Theory]
    [InlineData("?ttl=0", "1 to 86400 seconds")]
    [InlineData("?ttl=86401", "1 to 86400 seconds")]
    [InlineData("?ttl=-1", "1 to 86400 seconds")]
    [InlineData("?ttl=soon", "whole number")]
    [InlineData("?bypassNear=perhaps", "true or false")]
    public async Task A_wish_that_cannot_be_granted_is_a_problem(string query, string sentence)
    {
        using var response = await Client.GetAsync(new Uri($"/data/{_key}{query}", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(sentence, await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(0, (long)await Redis.Master.ExecuteAsync("EXISTS", _key));
    }

    [Theory]
    [InlineData("/data?key=.", ".")]
    [InlineData("/data?key=..", "..")]
    [InlineData("/data/?ttl=60&key=%2E%2E", "..")]
    [InlineData("/data?key=a+b%2Bc/data/d", "a b+c/data/d")]
    [InlineData("/data/path?key=query", "path")]
    public async Task A_key_may_be_in_the_query(string address, string key)
    {
        var answer = await Client.GetFromJsonAsync<JsonElement>(new Uri(address, UriKind.Relative), Cancellation);

        Assert.Equal((key, $"data_pour_{key}"), (answer.GetProperty("key").GetString(), answer.GetProperty("data").GetString()));
    }

    [Theory]
    [InlineData("/data?key=")]
    [InlineData("/data?other=x")]
    [InlineData("/data?key=app:history")]
    [InlineData("/data?key=%ff")]
    public async Task A_bad_key_in_the_query_is_a_problem(string address)
    {
        using var response = await Client.GetAsync(new Uri(address, UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    private static Uri PathOf(string key) => new($"/data/{key}", UriKind.Relative);

    private async Task<(string Data, string Level)> DataAsync(HttpClient client, string query = "")
    {
        var answer = await client.GetFromJsonAsync<JsonElement>(new Uri($"/data/{_key}{query}", UriKind.Relative), Cancellation);
        return (answer.GetProperty("data").GetString()!, answer.GetProperty("level").GetString()!);
    }

    private async Task<HttpResponseMessage> PutIfAsync(string value, string header, string condition)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, PathOf(_key)) { Content = JsonContent.Create(new { value }) };
        request.Headers.TryAddWithoutValidation(header, condition);
        return await Client.SendAsync(request, Cancellation);
    }

    private Task<HttpResponseMessage> PutAsync(string key, string value, HttpClient? client = null) =>
        (client ?? Client).PutAsJsonAsync(PathOf(key), new { value }, Cancellation);
}

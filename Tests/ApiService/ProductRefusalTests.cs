using System.Net;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

/// <summary>What clients get when the master serves, but not this.</summary>
public sealed class ProductRefusalTests(RedisFixture fixture) : IClassFixture<RedisFixture>, IAsyncLifetime
{
    private readonly string _id = $"p-{Guid.NewGuid():N}";
    private RefusingProxy _proxy = null!;
    private ApiFactory _api = null!;
    private ProductClient _products = null!;

    private RedisServer Master => fixture.Redis.Master;

    public async ValueTask InitializeAsync()
    {
        _proxy = new RefusingProxy(Master.Port, "EVAL");
        _api = await ApiFactory.StartAsync(
            fixture.Redis,
            ($"ConnectionStrings:{Master.Name}", $"127.0.0.1:{_proxy.Port},password={fixture.Redis.Users.Application.Password}"),
            // Many tests share few cores: a replica that is slow here has still to be waited for.
            ("Db:ReplicationTimeout", "00:00:05"),
            ("Db:OperationTimeout", "00:00:05"));
        _products = new ProductClient(_api.CreateAdminClient());
    }

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        await _proxy.DisposeAsync();
    }

    [Theory]
    [InlineData("READONLY You can't write against a read only replica.", "The Redis master has just become a replica, which takes no writes.")]
    [InlineData("LOADING Redis is loading the dataset in memory", "Redis is loading its data.")]
    [InlineData("NOAUTH Authentication required.", "Redis refuses the user or the password")]
    [InlineData("NOPERM this user has no permissions to run the 'eval' command", "Redis refuses the user or the password")]
    [InlineData("BUSY Redis is busy running a script.", "Redis is busy with a script.")]
    [InlineData("OOM command not allowed when used memory > 'maxmemory'.", "Redis has no memory left for this.")]
    [InlineData("MISCONF Errors writing to the AOF file", "Redis cannot write to its disk")]
    [InlineData("ERR something nobody has heard of", "Redis refused the command.")]
    public async Task A_refusal_is_explained_and_nothing_is_half_written(string error, string sentence)
    {
        using var before = await _products.PutAsync(_id, ProductClient.Body(price: "1", category: $"old-{_id}"));
        Assert.Equal(HttpStatusCode.Created, before.StatusCode);

        _proxy.Error = error;
        using var put = await _products.PutAsync(_id, ProductClient.Body(price: "2", category: $"new-{_id}"));
        using var patch = await _products.PatchAsync(_id, """{"price":2}""");
        using var delete = await _products.DeleteAsync(_id);
        using var post = await _products.PostAsync("/api/db/products", ProductClient.Body(category: $"new-{_id}"));
        _proxy.Error = null;

        foreach (var response in new[] { put, patch, delete, post })
        {
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
            Assert.NotNull(response.Headers.RetryAfter);
            var problem = await ProductClient.JsonAsync(response);
            Assert.StartsWith(sentence, problem.GetProperty("detail").GetString());
            Assert.EndsWith("The product was not written.", problem.GetProperty("detail").GetString());
            Assert.False(problem.GetProperty("mayHaveBeenWritten").GetBoolean());
        }

        Assert.Equal(before.Headers.ETag, (await _products.GetAsync(_id)).Headers.ETag);
        Assert.Equal(0, (long)await Master.ExecuteAsync("EXISTS", $"db:category:new-{_id}"));
        Assert.Empty(await CatalogueDrift.FindAsync(Master));
        using var after = await _products.PutAsync(_id, ProductClient.Body(price: "2"));
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }
}

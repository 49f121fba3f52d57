using Microsoft.Extensions.DependencyInjection;
using RedisAspire.ApiService.Data;

namespace RedisAspire.Tests.ApiService;

public sealed class DataServiceTests(ApiFixture fixture) : ApiTests(fixture, hasAdminKey: false), IClassFixture<ApiFixture>
{
    [Fact]
    public async Task A_value_that_may_be_outdated_does_not_stay_cached_when_the_one_who_asked_first_has_gone()
    {
        var data = Api.Services.GetRequiredService<DataService>();
        var key = $"key-{Guid.NewGuid():N}";
        // Which rows were changed cannot be read.
        await Redis.Master.ExecuteAsync("SET", "app:database:rows", "no hash");
        using var gone = new CancellationTokenSource();

        var first = data.ReadAsync(key, options: null, gone.Token).AsTask();
        var second = data.ReadAsync(key, options: null, Cancellation).AsTask();
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal($"data_pour_{key}", (await second).Value);
        Assert.Equal(0, (long)await Redis.Master.ExecuteAsync("EXISTS", key));
    }
}

using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using RedisAspire.Web.Api;

namespace RedisAspire.Tests.Web;

public sealed class FailureHandlerTests
{
    [Theory]
    [InlineData("""{ "title": "Bad", "detail": "No such thing." }""", "No such thing.", null)]
    [InlineData("""{ "title": "Bad", "errors": { "key": ["Too long.", "Too old."] } }""", "key: Too long. Too old.", null)]
    [InlineData("""{ "title": "Bad", "detail": "Lost.", "mayHaveBeenWritten": true }""", "Lost.", true)]
    [InlineData("""{ "title": "Bad", "detail": "Lost.", "mayHaveBeenWritten": false }""", "Lost.", false)]
    [InlineData("""{ "title": "Bad", "mayHaveBeenWritten": "perhaps" }""", null, null)]
    public void What_the_API_says_is_kept_as_a_detail(string json, string? detail, bool? mayHaveBeenWritten)
    {
        var problem = JsonSerializer.Deserialize<HttpValidationProblemDetails>(json, JsonSerializerOptions.Web);

        var failure = FailureHandler.Describe(HttpStatusCode.ServiceUnavailable, problem);

        Assert.Equal((detail, mayHaveBeenWritten), (failure.Detail, failure.MayHaveBeenWritten));
        Assert.Equal((detail ?? "Bad", HttpStatusCode.ServiceUnavailable, true), (failure.Message, failure.Status, failure.IsOutage));
    }
}

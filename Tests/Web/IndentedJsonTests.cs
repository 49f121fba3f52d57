using RedisAspire.Web.Components.Keys;

namespace RedisAspire.Tests.Web;

public sealed class IndentedJsonTests
{
    [Fact]
    public void JSON_gets_line_breaks_and_keeps_its_characters() =>
        Assert.Equal("{\n  \"clé\": [\n    \"<☕>\"\n  ]\n}", IndentedJson.Of("""{"clé":["<☕>"]}""").ReplaceLineEndings("\n"));

    [Theory]
    [InlineData("""{"a":"\ud83d"}""")]
    [InlineData("""["\ude00\ud83d"]""")]
    [InlineData("""{"\ud83d":1}""")]
    [InlineData("no JSON")]
    [InlineData("")]
    public void What_cannot_be_written_anew_is_shown_as_it_is(string json) => Assert.Equal(json, IndentedJson.Of(json));
}

using RedisAspire.Contracts;
using RedisAspire.Web.Components.Keys;

namespace RedisAspire.Tests.Web;

/// <summary>What a form about an element sends.</summary>
public sealed class ElementDraftTests
{
    [Fact]
    public void Bytes_that_are_no_text_stay_what_they_are()
    {
        var draft = ElementDraft.Of("hash", new ElementResponse { Field = new ContentResponse("binary", "ff", 1, false), Value = new ContentResponse("binary", "00fe", 2, false), Tag = "t" });

        var element = draft.ToElement();

        Assert.True(draft.IsHex);
        Assert.Equal(("ff", "00fe"), (element.Field!.Hex, element.Value!.Hex));
        draft.Value = "0";
        Assert.False(draft.HasValue);
    }

    [Fact]
    public void An_entry_of_a_stream_has_a_field_and_value_a_line()
    {
        var draft = new ElementDraft { Type = "stream", Fields = "name=Ada\n born = 1815=then \n" };

        Assert.True(draft.HasFields);
        Assert.Equal([("name", "Ada"), ("born ", " 1815=then")], draft.ToElement().Fields!.Select(pair => (pair.Field!.Text, pair.Value!.Text)));
        draft.Fields = "=nothing";
        Assert.False(draft.HasFields);
    }

    [Theory]
    [InlineData("1e3", true)]
    [InlineData("-inf", true)]
    [InlineData("", false)]
    [InlineData("NaN", false)]
    [InlineData("1,5", false)]
    public void A_score_is_a_number_as_Redis_writes_it(string score, bool isValid) =>
        Assert.Equal(isValid, new ElementDraft { Type = "zset", Score = score }.HasScore);
}

using System.Globalization;
using Bunit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using RedisAspire.Contracts;
using RedisAspire.Web.Api;
using RedisAspire.Web.Components.Lookups;
using RedisAspire.Web.Operators;

namespace RedisAspire.Tests.Web;

/// <summary>The form for a look-up.</summary>
public sealed class LookupFormTests : IAsyncDisposable
{
    private readonly ComponentContext _page = new();
    private readonly StubApi _api = new();

    public LookupFormTests()
    {
        _page.Services.AddScoped<ApiConnection>().AddScoped<Learner>()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build()).AddSingleton<IHttpClientFactory>(_api);
    }

    public async ValueTask DisposeAsync()
    {
        await _page.DisposeAsync();
        _api.Dispose();
    }

    [Theory]
    [InlineData("en", "Your keys begin with “ada:”")]
    [InlineData("fr", "Vos clés commencent par « ada: »")]
    public void A_learner_is_told_beside_the_field_what_is_put_before_a_key(string language, string sentence)
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
        _page.Services.GetRequiredService<Learner>().Be(new LearnerResponse("ada", DateTimeOffset.UnixEpoch, [], MayInjectFaults: false));

        var form = _page.Render<LookupForm>();

        var help = form.Find($"#{form.Find("[data-testid=key-input]").GetAttribute("aria-describedby")}");
        Assert.Contains(sentence, help.TextContent.Replace('\u00a0', ' '), StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_else_is_told_of_a_prefix() =>
        Assert.Empty(_page.Render<LookupForm>().FindAll("[data-testid=prefix-help]"));

    // The renderer waits for a browser that is slow, and an event after the next may come before it has drawn.
    [Fact]
    public void What_was_typed_is_looked_up_although_the_form_has_not_been_drawn_with_it_yet()
    {
        var (typed, lookedUp) = ("", "");
        var form = _page.Render<LookupForm>(form => form.Add(form => form.Key, "before").Add(form => form.KeyChanged, key => typed = key).Add(form => form.Run, () => lookedUp = typed));

        form.Find("[data-testid=key-input]").Change("after");
        form.Find("form").Submit();

        Assert.Equal(("after", "before"), (lookedUp, form.Instance.Key));
    }
}

using System.Net;
using Microsoft.Playwright;
using RedisAspire.Tests.AppHost;

namespace RedisAspire.Tests.Web;

/// <summary>Everybody may view the pages; a visitor with the token may change and break things.</summary>
[Collection(nameof(BrowserCollection))]
public sealed class OperatorPageTests(BrowserFixture fixture)
{
    private readonly string _key = $"operators:{Guid.NewGuid():N}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_visitor_looks_logs_in_with_the_token_and_then_changes_something()
    {
        await using var page = await fixture.OpenAsVisitorAsync();
        await page.RunAsync(_key);
        await Assertions.Expect(page["result"]).ToBeVisibleAsync();
        await Assertions.Expect(page["operator"]).ToHaveCountAsync(0);

        // What is for operators only asks for the token first, and a wrong one is not taken.
        await page["forget"].ClickAsync();
        await page.EnterTokenAsync("guessed");
        await Assertions.Expect(page["wrong-token"]).ToBeVisibleAsync();
        await page.EnterTokenAsync(AppHostUnderTest.OperatorToken);

        await Assertions.Expect(page["operator"]).ToBeVisibleAsync();
        Assert.DoesNotContain("login", page.Page.Url, StringComparison.Ordinal);
        await Assertions.Expect(page["live"]).ToHaveAttributeAsync("data-live", "true");
        await page.RunAsync(_key);
        await page["forget"].ClickAsync();
        await Assertions.Expect(page["forget"]).ToBeEnabledAsync();
        await Assertions.Expect(page["error"]).ToHaveCountAsync(0);

        await page["operator"].ClickAsync();
        await Assertions.Expect(page["view-only"]).ToBeVisibleAsync();
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task What_is_not_shown_to_everybody_says_so_and_offers_to_log_in()
    {
        await using var page = await fixture.OpenAsVisitorAsync("/keys?key=app:counters");

        await Assertions.Expect(page["error"]).ToContainTextAsync("Only for operators");
        await page["log-in-first"].ClickAsync();
        await Assertions.Expect(page["token"]).ToBeFocusedAsync();
    }

    [Fact]
    public async Task The_link_with_the_token_gives_a_cookie_that_no_script_and_no_foreign_page_can_use()
    {
        using var http = Http();

        using var answer = await http.GetAsync(new Uri($"/login?t={AppHostUnderTest.OperatorToken}&returnUrl=/keys", UriKind.Relative), Cancellation);

        Assert.Equal((HttpStatusCode.Redirect, "/keys"), (answer.StatusCode, answer.Headers.Location?.OriginalString));
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.Contains("; samesite=strict; httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(AppHostUnderTest.OperatorToken, cookie, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("t=wrong", "/?login=wrong")]
    [InlineData("t=", "/?login=wrong")]
    [InlineData("", "/?login=wrong")]
    [InlineData("t=wrong&returnUrl=/keys?key=a", "/keys?key=a&login=wrong")]
    [InlineData("t=wrong&returnUrl=//evil.example", "/?login=wrong")]
    [InlineData("t=wrong&returnUrl=https://evil.example", "/?login=wrong")]
    [InlineData("t=wrong&returnUrl=/%5Cevil.example", "/?login=wrong")]
    public async Task Another_token_gives_nothing(string query, string location)
    {
        using var http = Http();

        using var answer = await http.GetAsync(new Uri($"/login?{query}", UriKind.Relative), Cancellation);

        Assert.Equal((HttpStatusCode.Redirect, location), (answer.StatusCode, answer.Headers.Location?.OriginalString));
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task After_too_many_wrong_tokens_the_right_one_is_refused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has more than one loopback address at once.");
        using var guesser = DataForwardingTests.VisitorAt("127.0.0.4", fixture.Web.Url.Port);
        using var other = DataForwardingTests.VisitorAt("127.0.0.5", fixture.Web.Url.Port);
        var right = new Uri($"/login?t={AppHostUnderTest.OperatorToken}", UriKind.Relative);
        for (var guess = 0; guess < 20; guess++)
            (await guesser.GetAsync(new Uri($"/login?t={guess}", UriKind.Relative), Cancellation)).Dispose();

        using var late = await guesser.GetAsync(right, Cancellation);
        using var prompt = await other.GetAsync(right, Cancellation);

        Assert.Equal(("/?login=too-often", "/"), (late.Headers.Location?.OriginalString, prompt.Headers.Location?.OriginalString));
    }

    [Fact]
    public async Task A_foreign_page_cannot_send_the_form()
    {
        using var http = Http();
        using var form = new FormUrlEncodedContent([new("token", AppHostUnderTest.OperatorToken)]);

        using var answer = await http.PostAsync(new Uri("/login", UriKind.Relative), form, Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task A_name_that_the_page_is_not_reached_by_is_refused()
    {
        using var http = Http();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/", UriKind.Relative)) { Headers = { Host = "evil.example" } };

        using var answer = await http.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private HttpClient Http() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = fixture.Url };
}

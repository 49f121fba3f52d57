using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace RedisAspire.Tests.Web;

/// <summary>A page in the browser, by the marks that the tests know it by.</summary>
internal sealed class BrowserPage : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _errors = new();

    public BrowserPage(IPage page)
    {
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
                _errors.Enqueue(message.Text);
        };
        page.PageError += (_, error) => _errors.Enqueue(error);
    }

    public IPage Page { get; }

    /// <summary>What went wrong in the browser.</summary>
    public IReadOnlyCollection<string> Errors => _errors;

    public ILocator this[string mark] => Page.GetByTestId(mark);

    public async Task GotoAsync(Uri url)
    {
        await Page.GotoAsync(url.ToString());
        // The server draws the page first. It is interactive when it follows the events, or, without a circuit, when its script has run.
        await Assertions.Expect(Page.Locator("[data-testid=live][data-live=true], html[data-ready]")).ToBeAttachedAsync();
    }

    /// <summary>Asks for a key as a person does.</summary>
    public async Task RunAsync(string key)
    {
        await this["key-input"].FillAsync(key);
        await this["run"].ClickAsync();
    }

    /// <summary>Tries a token in the log-in dialog, which is open.</summary>
    public async Task EnterTokenAsync(string token)
    {
        await this["token"].FillAsync(token);
        await this["log-in"].ClickAsync();
    }

    public Task ExpectTextAsync(string mark, string text) => Assertions.Expect(this[mark]).ToHaveTextAsync(text);

    public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();
}

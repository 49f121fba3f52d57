using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace RedisAspire.Tests.Web;

/// <summary>A page in the browser, by the marks that the tests know it by.</summary>
internal sealed class BrowserPage : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly Func<IPage, ValueTask> _close;

    /// <param name="page">The page.</param>
    /// <param name="close">Takes the page back; without it, the page is closed with its context.</param>
    public BrowserPage(IPage page, Func<IPage, ValueTask>? close = null)
    {
        Page = page;
        _close = close ?? (page => page.Context.DisposeAsync());
        page.Console += OnConsole;
        page.PageError += OnPageError;
    }

    public IPage Page { get; }

    /// <summary>What went wrong in the browser.</summary>
    public IReadOnlyCollection<string> Errors => _errors;

    public ILocator this[string mark] => Page.GetByTestId(mark);

    public async Task GotoAsync(Uri url)
    {
        await Page.GotoAsync(url.ToString());
        await ExpectReadyAsync();
    }

    /// <summary>The server draws the page first. It is interactive when it follows the events, or, without a circuit, when its script has run.</summary>
    public Task ExpectReadyAsync() => Assertions.Expect(Page.Locator("[data-testid=live][data-live=true], html[data-ready]")).ToBeAttachedAsync();

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

    public async ValueTask DisposeAsync()
    {
        Page.Console -= OnConsole;
        Page.PageError -= OnPageError;
        await _close(Page);
    }

    private void OnConsole(object? sender, IConsoleMessage message)
    {
        if (message.Type == "error")
            _errors.Enqueue(message.Text);
    }

    private void OnPageError(object? sender, string error) => _errors.Enqueue(error);
}

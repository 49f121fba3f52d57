using Microsoft.Playwright;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Web;

/// <summary>A page, and what a person does there, with the keyboard alone.</summary>
/// <param name="Path">Its address.</param>
/// <param name="Content">What it shows once it has read what it needs.</param>
/// <param name="ActAsync">Does what the page is for, as often as one likes, and sees that it was done.</param>
internal sealed record TouredPage(string Path, Func<BrowserPage, ILocator> Content, Func<BrowserPage, Task> ActAsync)
{
    private const int Soon = 4_000;

    /// <summary>Whether the page follows the events of the API; the others have no circuit.</summary>
    public bool IsLive { get; init; } = true;

    /// <summary>Every page of the menu.</summary>
    public static IReadOnlyList<TouredPage> All { get; } =
    [
        new("/", page => page["node-redis-replica-1"], LookUpAsync),
        new("/topology", page => page["stop-redis-replica-1"], page => AskAndEscapeAsync(page, "stop-redis-replica-1")),
        new("/workshop", page => page["run-install"], RunAStepAsync),
        new("/keys", page => page["tree"].GetByText("db", new() { Exact = true }), OpenTheTreeAsync),
        new("/console", page => page["command-lists"], RunACommandAsync),
        new("/catalogue", page => page["cards"].Locator("li").First, FilterAsync),
        new("/lab?show=queue", page => page["state"], QueueAJobAsync),
        new("/statistics", page => page["count-Requests"], ChooseANodeAsync),
        new("/class", page => page["class"], page => AskAndEscapeAsync(page, "end-class")),
        new("/how-it-works", page => page["comparison"], StopThePicturesAsync) { IsLive = false },
    ];

    /// <summary>Their addresses.</summary>
    public static IEnumerable<string> Paths => All.Select(page => page.Path);

    /// <summary>Finds a page.</summary>
    public static TouredPage At(string path) => All.Single(page => page.Path == path);

    /// <summary>Waits until the page shows what it is about.</summary>
    public Task ExpectContentAsync(BrowserPage page) => Assertions.Expect(Content(page)).ToBeVisibleAsync();

    private static async Task LookUpAsync(BrowserPage page)
    {
        var key = $"tour-{Guid.NewGuid():N}";
        await page.TabToAsync("key-input");
        await page.PressAsync("Control+A");
        await page.Page.Keyboard.TypeAsync(key);
        await page.PressAsync("Enter");
        await Assertions.Expect(page["result-value"]).ToHaveTextAsync($"data_pour_{key}");
    }

    // The button asks before it does anything.
    private static async Task AskAndEscapeAsync(BrowserPage page, string mark)
    {
        var question = page.Page.GetByRole(AriaRole.Alertdialog);
        await page.TabToAsync(mark);
        await page.PressAsync("Enter");
        await Assertions.Expect(question.Locator(":focus")).ToBeVisibleAsync();
        await page.PressAsync("Escape");
        await Assertions.Expect(question).ToBeHiddenAsync();
    }

    private static Task RunAStepAsync(BrowserPage page) =>
        PressUntilDoneAsync(page, "run-install", page["step-install"].GetByTestId("error"), () => page["done-install"].IsVisibleAsync());

    // A node that has just come back, or is slow, may appear down for a moment, so the action is tried again.
    private static async Task PressUntilDoneAsync(BrowserPage page, string mark, ILocator error, Func<Task<bool>> isDone)
    {
        await PressAsync();
        await Eventually.HoldsAsync($"{mark} is done", async () =>
        {
            if (await error.IsVisibleAsync())
            {
                await PressAsync();
                await IsSoonSoAsync(Assertions.Expect(error).ToBeHiddenAsync(new() { Timeout = Soon }));
            }

            return await isDone();
        });

        async Task PressAsync()
        {
            await page.TabToAsync(mark);
            await page.PressAsync("Enter");
        }
    }

    private static async Task OpenTheTreeAsync(BrowserPage page)
    {
        await page["tree"].EvaluateAsync("tree => tree.dataset.before = 'true'");
        await page.TabToAsync("refresh");
        await page.PressAsync("Enter");
        await Assertions.Expect(page["tree"]).Not.ToHaveAttributeAsync("data-before", "true");
        await Assertions.Expect(page["tree"].GetByText("db", new() { Exact = true })).ToBeVisibleAsync();
        var above = await page["tree"].GetByRole(AriaRole.Treeitem).EvaluateAllAsync<int>("items => items.findIndex(item => item.querySelector('bdi').innerText === 'db')");
        await page.TabToAsync("tree");
        await page.PressAsync("Home");
        for (var item = 0; item < above; item++)
            await page.PressAsync("ArrowDown");
        await page.PressAsync("ArrowRight");
        await Assertions.Expect(page["tree"].Locator("[role=treeitem][aria-level='2']").First).ToBeVisibleAsync();
    }

    private static async Task RunACommandAsync(BrowserPage page)
    {
        await page.TabToAsync("console-line");
        await page.Page.Keyboard.TypeAsync("TYPE db:products");
        await page.PressAsync("Enter");
        await Assertions.Expect(page["reply"].First).ToHaveTextAsync("set");
        await page.PressAsync("ArrowUp");
        await Assertions.Expect(page["console-line"]).ToHaveValueAsync("TYPE db:products");
        await page.Page.Keyboard.TypeAsync(":");
        await Assertions.Expect(page["suggestion"].First).ToContainTextAsync("db:products:by_price");
    }

    private static async Task FilterAsync(BrowserPage page)
    {
        await page.TabToAsync("filter-name");
        await page.PressAsync("Control+A");
        await page.Page.Keyboard.TypeAsync("Smartphone Premium");
        await page.PressAsync("Enter");
        await Assertions.Expect(page["cards"].GetByTestId("key-link")).ToHaveCountAsync(1);
        await Assertions.Expect(page["product-prod1"]).ToBeVisibleAsync();
    }

    private static async Task QueueAJobAsync(BrowserPage page)
    {
        var before = await page["queued"].InnerTextAsync();
        await PressUntilDoneAsync(page, "enqueue", page["queue"].GetByTestId("error"), async () => await page["queued"].InnerTextAsync() != before);
        await Assertions.Expect(page["queued"]).ToContainTextAsync("3");
    }

    private static async Task ChooseANodeAsync(BrowserPage page)
    {
        // What is pressed while the page is being drawn anew goes nowhere.
        await Eventually.HoldsAsync("the nodes are offered", async () =>
        {
            await page.TabToAsync("node");
            await page.PressAsync("Enter");
            return await IsSoonSoAsync(Assertions.Expect(page.Page.GetByRole(AriaRole.Option).First).ToBeVisibleAsync(new() { Timeout = Soon }));
        });
        await page.PressAsync("ArrowDown");
        await Assertions.Expect(page.Page.Locator("[role=option].rz-state-highlight")).ToBeVisibleAsync();
        await page.PressAsync("Enter");
        await Assertions.Expect(page["commands"]).ToBeVisibleAsync();
    }

    private static async Task<bool> IsSoonSoAsync(Task expected)
    {
        try
        {
            await expected;
            return true;
        }
        catch (PlaywrightException)
        {
            return false;
        }
    }

    private static async Task StopThePicturesAsync(BrowserPage page)
    {
        var before = await page["still"].InnerTextAsync();
        await page.TabToAsync("still");
        await page.PressAsync("Enter");
        await Assertions.Expect(page["still"]).Not.ToHaveTextAsync(before, new() { UseInnerText = true });
    }
}

using Microsoft.Playwright;

namespace RedisAspire.Tests.Web;

/// <summary>A lesson: a teacher and a learner, each in a browser.</summary>
[Collection(nameof(BrowserCollection))]
public sealed class ClassPageTests(BrowserFixture fixture)
{
    [Fact]
    public async Task A_learner_joins_and_does_a_step_and_the_teacher_sees_it_gives_out_fault_injection_and_takes_it_back()
    {
        var name = $"Ada-{Guid.NewGuid().ToString("N")[..20]}";
        await using var teacher = await fixture.OpenAsync(path: "/class");
        await using var learner = await fixture.OpenAsVisitorAsync("/class");

        await JoinAsync(learner, "two words");
        await Assertions.Expect(learner["not-joined"]).ToContainTextAsync("The name two words is not possible.");
        await learner.ExpectReadyAsync();
        await JoinAsync(learner, name);
        await Assertions.Expect(learner["learner"]).ToContainTextAsync(name);
        await Assertions.Expect(teacher[$"learner-{name}"]).ToBeVisibleAsync();
        await learner.ExpectReadyAsync();
        await learner.Page.SetViewportSizeAsync(360, 900);
        await learner.ExpectFittingAsync();
        await learner.ExpectAccessibleAsync();
        await learner.Page.SetViewportSizeAsync(1280, 900);

        await learner.GotoAsync(new Uri(fixture.Url, "/"));
        await learner.RunAsync("own");
        await learner.ExpectTextAsync("result-value", $"data_pour_{name}:own");

        await learner.GotoAsync(new Uri(fixture.Url, "/workshop"));
        await learner["cache-prediction-2"].CheckAsync();
        await learner["run-cache"].ClickAsync();
        await Assertions.Expect(learner["cache-prediction-verdict"]).ToContainTextAsync("Right.");
        await Assertions.Expect(teacher[$"{name}-cache"].GetByLabel("done")).ToBeVisibleAsync();
        await learner["run-failover"].ClickAsync();
        await Assertions.Expect(learner["token"]).ToBeVisibleAsync();

        await learner.GotoAsync(new Uri(fixture.Url, "/topology"));
        await teacher[$"trust-{name}"].ClickAsync();
        await Assertions.Expect(learner["stop-redis-replica-1"]).Not.ToContainTextAsync("lock");
        await learner["stop-redis-replica-1"].ClickAsync();
        await Assertions.Expect(learner.Page.GetByRole(AriaRole.Alertdialog).Locator(":focus")).ToBeVisibleAsync();
        await learner.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(learner["promote-redis-replica-1"]).ToContainTextAsync("lock");
        await teacher[$"trust-{name}"].ClickAsync();
        await Assertions.Expect(learner["stop-redis-replica-1"]).ToContainTextAsync("lock");

        await teacher[$"reset-{name}"].ClickAsync();
        await Assertions.Expect(teacher[$"{name}-cache"].GetByLabel("not yet")).ToBeVisibleAsync();
        await teacher[$"remove-{name}"].ClickAsync();
        await Assertions.Expect(teacher[$"learner-{name}"]).ToHaveCountAsync(0);
        await Assertions.Expect(learner["learner"]).ToHaveCountAsync(0);
        Assert.Empty(learner.Errors);
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task The_projector_shows_one_picture_without_a_menu(ColorScheme colorScheme)
    {
        await using var page = await fixture.OpenAsync(1920, colorScheme, "/projector");

        await Assertions.Expect(page["diagram-redis-master"]).ToBeVisibleAsync();
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Navigation)).ToHaveCountAsync(0);
        foreach (var width in (int[])[1920, 360])
        {
            await page.Page.SetViewportSizeAsync(width, 900);
            await page.ExpectAccessibleAsync();
            await page.ExpectContrastAsync();
            await page.ExpectFittingAsync();
        }
    }

    private static async Task JoinAsync(BrowserPage page, string name)
    {
        await page["name"].FillAsync(name);
        await page["join-class"].ClickAsync();
    }
}

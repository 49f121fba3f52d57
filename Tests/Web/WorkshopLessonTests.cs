using System.Diagnostics;
using Bunit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using RedisAspire.Contracts;
using RedisAspire.Web.Api;
using RedisAspire.Web.Components.Workshop;
using RedisAspire.Web.Operators;

namespace RedisAspire.Tests.Web;

/// <summary>The workshop asks before it shows, says why, and remembers; and what it gives to copy works.</summary>
public sealed class WorkshopLessonTests : IAsyncDisposable
{
    private readonly ComponentContext _page = new();
    private readonly StubApi _api = new();

    public WorkshopLessonTests()
    {
        _page.Services.AddScoped<WorkshopProgress>().AddScoped<Learner>().AddScoped<ApiConnection>().AddSingleton<ClassroomClient>()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build()).AddSingleton<IHttpClientFactory>(_api).AddSingleton(TimeProvider.System).AddScoped<Lessons>();
    }

    public static TheoryData<string> Steps => [.. WorkshopProgress.Steps];

    public async ValueTask DisposeAsync()
    {
        await _page.DisposeAsync();
        _api.Dispose();
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void Every_step_asks_before_and_after_and_has_a_hint(string step)
    {
        var lesson = _page.Services.GetRequiredService<Lessons>()[step];

        Assert.All([lesson.Prediction, lesson.Question], quiz =>
        {
            Assert.InRange(quiz.Right, 0, quiz.Options.Count - 1);
            Assert.Equal(quiz.Options.Count, quiz.Options.Distinct(StringComparer.Ordinal).Count());
            Assert.NotEmpty(quiz.Why);
        });
        Assert.NotEmpty(lesson.Hints);
    }

    [Fact]
    public void A_prediction_is_judged_only_when_the_step_has_run()
    {
        var card = RenderQuiz(isHeldBack: true, isRevealed: false);

        card.Find("[data-testid=quiz-0]").Change(true);
        Assert.DoesNotContain("Because.", card.Markup, StringComparison.Ordinal);

        card.Render(parameters => parameters.Add(quiz => quiz.IsRevealed, true));
        Assert.Contains("Not quite. The answer: b.", card.Markup, StringComparison.Ordinal);
        Assert.Contains("Because.", card.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void A_question_is_answered_at_once_and_the_browser_remembers_it()
    {
        var card = RenderQuiz(isHeldBack: false, isRevealed: false);

        card.Find("[data-testid=quiz-1]").Change(true);

        Assert.Contains("Right.", card.Markup, StringComparison.Ordinal);
        var kept = _page.JSInterop.Invocations.Single(call => call.Identifier == "localStorage.setItem");
        Assert.Equal(["workshop", """{"Done":[],"Answers":{"quiz":1}}"""], kept.Arguments);
    }

    [Theory]
    [InlineData("""{"Done":["cache","unknown"],"Answers":{"cache-question":2}}""", 1)]
    [InlineData("no JSON", 0)]
    [InlineData("{}", 0)]
    public async Task Progress_comes_back_and_what_nobody_can_read_is_none(string kept, int done)
    {
        _page.JSInterop.Setup<string?>("localStorage.getItem", "workshop").SetResult(kept);
        var progress = _page.Services.GetRequiredService<WorkshopProgress>();

        await progress.LoadAsync();

        Assert.Equal((done, done > 0, done > 0 ? 2 : null), (progress.Done, progress.IsDone("cache"), progress.AnswerTo("cache-question")));
    }

    [Fact]
    public async Task In_a_class_the_steps_are_those_that_the_class_knows()
    {
        _page.JSInterop.Setup<string?>("localStorage.getItem", "workshop-ada").SetResult("""{"Done":["install"],"Answers":{"cache-question":2}}""");
        _page.Services.GetRequiredService<Learner>().Be(new LearnerResponse("ada", DateTimeOffset.UnixEpoch, ["cache"], MayInjectFaults: false));
        var progress = _page.Services.GetRequiredService<WorkshopProgress>();
        progress.Follow(["cache"]);

        await progress.LoadAsync();
        Assert.Equal((true, false, 2), (progress.IsDone("cache"), progress.IsDone("install"), progress.AnswerTo("cache-question")));

        await progress.FinishAsync("install");
        Assert.Contains("/api/class/learners/ada/steps/install", _api.Requests);
        progress.Follow([]);
        Assert.Equal(0, progress.Done);
    }

    [Theory]
    [InlineData(null, "asked")]
    [InlineData("it's", "it's")]
    public async Task What_is_copied_has_the_password_or_asks_for_it_once(string? password, string expected)
    {
        // Instead of redis-cli, a function that shows the password; as in a terminal, the answer comes after the lines.
        var lines = RedisCommand.ToPaste(["redis-cli -p 6379 ping", "redis-cli -p 6380 ping"], password);
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-s"]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true })!;

        await shell.StandardInput.WriteAsync($"redis-cli() {{ echo \"$2 $REDISCLI_AUTH\"; }}\n{lines}\nasked\n");
        shell.StandardInput.Close();

        var output = await shell.StandardOutput.ReadToEndAsync(Xunit.TestContext.Current.CancellationToken);
        Assert.EndsWith($"6379 {expected}\n6380 {expected}\n", output, StringComparison.Ordinal);
    }

    private IRenderedComponent<QuizCard> RenderQuiz(bool isHeldBack, bool isRevealed) => _page.Render<QuizCard>(parameters => parameters
        .Add(quiz => quiz.Name, "quiz")
        .Add(quiz => quiz.Title, "Question:")
        .Add(quiz => quiz.Quiz, new Quiz("What?", ["a", "b"], 1, "Because."))
        .Add(quiz => quiz.IsHeldBack, isHeldBack)
        .Add(quiz => quiz.IsRevealed, isRevealed));
}

using System.Text.Json;
using Microsoft.JSInterop;
using RedisAspire.Web.Api;
using RedisAspire.Web.Operators;

namespace RedisAspire.Web.Components.Workshop;

/// <summary>How far a visitor has come in the workshop. The browser keeps it; in a class, Redis keeps the steps that each learner has done.</summary>
/// <param name="script">Reaches the browser's storage.</param>
/// <param name="learner">The visitor, in a class.</param>
/// <param name="classroom">Keeps the steps of the class.</param>
internal sealed class WorkshopProgress(IJSRuntime script, Learner learner, ClassroomClient classroom)
{
    private Kept _kept = new([], []);

    private string Name => learner.Name is null ? "workshop" : $"workshop-{learner.Name}";

    /// <summary>The steps of the workshop in their order.</summary>
    public static IReadOnlyList<string> Steps { get; } = ["install", "replication", "cache", "expiry", "stampede", "invalidation", "wait", "failover"];

    /// <summary>Is raised when something was done, chosen or reset.</summary>
    public event EventHandler? Changed;

    /// <summary>How many steps are done.</summary>
    public int Done => _kept.Done.Count;

    /// <summary>Whether a step is done.</summary>
    /// <param name="step">The step.</param>
    /// <returns>Whether it went as expected once.</returns>
    public bool IsDone(string step) => _kept.Done.Contains(step, StringComparer.Ordinal);

    /// <summary>The answer that was chosen.</summary>
    /// <param name="quiz">The question.</param>
    /// <returns>The index of the answer; <see langword="null"/> before one is chosen.</returns>
    public int? AnswerTo(string quiz) => _kept.Answers.TryGetValue(quiz, out var answer) ? answer : null;

    /// <summary>Reads what the browser has kept.</summary>
    public async Task LoadAsync()
    {
        var kept = Read(await script.InvokeAsync<string?>("localStorage.getItem", Name));
        // Of a learner, the class knows the steps.
        _kept = learner.Name is null ? kept : kept with { Done = _kept.Done };
        Changed?.Invoke(this, EventArgs.Empty);
    }

    /// <summary>Keeps that a step is done.</summary>
    /// <param name="step">The step.</param>
    public async Task FinishAsync(string step)
    {
        if (learner.Name is { } name)
        {
            try
            {
                await classroom.FinishAsync(name, step, CancellationToken.None);
            }
            catch (CacheApiException)
            {
                // The teacher has just removed the learner, or Redis is down: the step can be run again.
            }
        }

        if (!IsDone(step))
            await KeepAsync(_kept with { Done = [.. _kept.Done, step] });
    }

    /// <summary>Follows what the class knows of the learner.</summary>
    /// <param name="steps">The steps that are done.</param>
    public void Follow(IReadOnlyList<string> steps)
    {
        if (Steps.Intersect(steps, StringComparer.Ordinal).SequenceEqual(Steps.Where(IsDone), StringComparer.Ordinal))
            return;
        _kept = _kept with { Done = [.. Steps.Intersect(steps, StringComparer.Ordinal)] };
        Changed?.Invoke(this, EventArgs.Empty);
    }

    /// <summary>Keeps an answer.</summary>
    /// <param name="quiz">The question.</param>
    /// <param name="answer">The index of the answer.</param>
    public Task AnswerAsync(string quiz, int answer) => KeepAsync(_kept with { Answers = new(_kept.Answers, StringComparer.Ordinal) { [quiz] = answer } });

    /// <summary>Forgets everything.</summary>
    public async Task ResetAsync()
    {
        if (learner.Name is { } name)
        {
            try
            {
                await classroom.ResetAsync(name, CancellationToken.None);
            }
            catch (CacheApiException)
            {
                // The steps come back with the next snapshot of the class.
            }
        }

        await KeepAsync(new Kept([], []));
    }

    private async Task KeepAsync(Kept kept)
    {
        _kept = kept;
        Changed?.Invoke(this, EventArgs.Empty);
        await script.InvokeVoidAsync("localStorage.setItem", Name, JsonSerializer.Serialize(kept));
    }

    // What the browser keeps may have been written by another version, or by hand.
    private static Kept Read(string? json)
    {
        try
        {
            return json is not null && JsonSerializer.Deserialize<Kept>(json) is { Done: { } done, Answers: { } answers }
                ? new Kept([.. Steps.Intersect(done, StringComparer.Ordinal)], answers)
                : new Kept([], []);
        }
        catch (JsonException)
        {
            return new Kept([], []);
        }
    }

    private sealed record Kept(IReadOnlyList<string> Done, Dictionary<string, int> Answers);
}

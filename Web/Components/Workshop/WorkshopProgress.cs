using System.Text.Json;
using Microsoft.JSInterop;

namespace RedisAspire.Web.Components.Workshop;

/// <summary>How far a visitor has come in the workshop. The browser keeps it.</summary>
/// <param name="script">Reaches the browser's storage.</param>
public sealed class WorkshopProgress(IJSRuntime script)
{
    private const string Name = "workshop";

    private Kept _kept = new([], []);

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
        _kept = Read(await script.InvokeAsync<string?>("localStorage.getItem", Name));
        Changed?.Invoke(this, EventArgs.Empty);
    }

    /// <summary>Keeps that a step is done.</summary>
    /// <param name="step">The step.</param>
    public Task FinishAsync(string step) => IsDone(step) ? Task.CompletedTask : KeepAsync(_kept with { Done = [.. _kept.Done, step] });

    /// <summary>Keeps an answer.</summary>
    /// <param name="quiz">The question.</param>
    /// <param name="answer">The index of the answer.</param>
    public Task AnswerAsync(string quiz, int answer) => KeepAsync(_kept with { Answers = new(_kept.Answers, StringComparer.Ordinal) { [quiz] = answer } });

    /// <summary>Forgets everything.</summary>
    public Task ResetAsync() => KeepAsync(new Kept([], []));

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

using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.JSInterop;
using RedisAspire.Web.Api;
using RedisAspire.Web.Operators;

namespace RedisAspire.Web.Components.Workshop;

/// <summary>How far a visitor has come in the workshop. The browser keeps it; in a class, Redis keeps the steps that each learner has done.</summary>
internal sealed class WorkshopProgress(IJSRuntime script, Learner learner, ClassroomClient classroom)
{
    private Kept _kept = new([], []);

    private string Name => learner.Name is null ? "workshop" : $"workshop-{learner.Name}";

    /// <summary>The steps of the workshop in their order.</summary>
    public static ImmutableArray<string> Steps { get; } = ["install", "replication", "cache", "expiry", "stampede", "invalidation", "wait", "failover"];

    /// <summary>Is raised when something was done, chosen or reset.</summary>
    public event EventHandler? Changed;

    public int Done => _kept.Done.Count;

    public bool IsDone(string step) => _kept.Done.Contains(step, StringComparer.Ordinal);

    /// <summary>The index of the answer that was chosen.</summary>
    public int? AnswerTo(string quiz) => _kept.Answers.TryGetValue(quiz, out var answer) ? answer : null;

    public async Task LoadAsync()
    {
        var kept = Read(await script.InvokeAsync<string?>("localStorage.getItem", Name));
        // Of a learner, the class knows the steps.
        _kept = learner.Name is null ? kept : kept with { Done = _kept.Done };
        Changed?.Invoke(this, EventArgs.Empty);
    }

    public async Task FinishAsync(string step)
    {
        await TellClassAsync(name => classroom.FinishAsync(name, step, CancellationToken.None));
        if (!IsDone(step))
            await KeepAsync(_kept with { Done = [.. _kept.Done, step] });
    }

    /// <summary>Follows what the class knows of the learner.</summary>
    public void Follow(IReadOnlyList<string> steps)
    {
        if (Steps.Intersect(steps, StringComparer.Ordinal).SequenceEqual(Steps.Where(IsDone), StringComparer.Ordinal))
            return;
        _kept = _kept with { Done = [.. Steps.Intersect(steps, StringComparer.Ordinal)] };
        Changed?.Invoke(this, EventArgs.Empty);
    }

    public Task AnswerAsync(string quiz, int answer) => KeepAsync(_kept with { Answers = new(_kept.Answers, StringComparer.Ordinal) { [quiz] = answer } });

    public async Task ResetAsync()
    {
        await TellClassAsync(name => classroom.ResetAsync(name, CancellationToken.None));
        await KeepAsync(new Kept([], []));
    }

    private async Task TellClassAsync(Func<string, Task> tell)
    {
        try
        {
            if (learner.Name is { } name)
                await tell(name);
        }
        catch (CacheApiException)
        {
            // The teacher has just removed the learner, or Redis is down: the steps follow the next snapshot of the class.
        }
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

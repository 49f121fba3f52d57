using System.Text;

namespace RedisAspire.ApiService.Classroom;

/// <summary>
/// The class in Redis, where all instances share it: the learners in the hash <c>app:class:learners</c>, the steps that they have
/// done in <c>app:class:steps</c>, and who may inject faults in the set <c>app:class:faults</c>.
/// </summary>
internal sealed class ClassStore(ApplicationStore store, TimeProvider time)
{
    public const int MaximumLearners = 100;

    private const string Learners = "app:class:learners";
    private const string Steps = "app:class:steps";
    private const string Faults = "app:class:faults";
    private const int Version = 1;

    public async Task<IReadOnlyList<LearnerResponse>> ListAsync(CancellationToken cancellationToken)
    {
        var (learners, steps, faults) = (await store.ReadAsync(
            async database =>
            {
                var learners = database.HashGetAllAsync(Learners);
                var steps = database.HashKeysAsync(Steps);
                var faults = database.SetMembersAsync(Faults);
                return (await learners, await steps, await faults);
            },
            cancellationToken)).Value;
        var done = steps.Select(Split).ToLookup(step => step.Id, step => step.Step, StringComparer.Ordinal);
        var trusted = faults.Select(id => (string)id!).ToHashSet(StringComparer.Ordinal);
        var found =
            from entry in learners
            let id = (string)entry.Name!
            let learner = SharedJson.TryRead<StoredLearner>(Version, entry.Value)
            where learner is not null
            select new LearnerResponse(learner.Name, learner.JoinedAt, [.. done[id].Order(StringComparer.Ordinal)], trusted.Contains(id));
        return [.. found.OrderBy(learner => learner.Name, StringComparer.OrdinalIgnoreCase)];
    }

    public async Task<(LearnerResponse? Learner, JoinRefusal Refusal)> JoinAsync(string name, CancellationToken cancellationToken)
    {
        var learner = new StoredLearner(name.Normalize(NormalizationForm.FormC), time.GetUtcNow());
        if (await store.WriteAsync(database => database.HashLengthAsync(Learners), cancellationToken) >= MaximumLearners)
            return (null, JoinRefusal.Full);
        return await store.WriteAsync(database => database.HashSetAsync(Learners, IdOf(name), SharedJson.Write(Version, learner), When.NotExists), cancellationToken)
            ? (new LearnerResponse(learner.Name, learner.JoinedAt, [], MayInjectFaults: false), JoinRefusal.None)
            : (null, JoinRefusal.Taken);
    }

    public Task<bool> FinishAsync(string name, string step, CancellationToken cancellationToken) =>
        IfThereAsync(name, database => database.HashSetAsync(Steps, $"{IdOf(name)}/{step}", time.GetUtcNow().ToUnixTimeSeconds()), cancellationToken);

    public Task<bool> TrustAsync(string name, bool isTrusted, CancellationToken cancellationToken) => IfThereAsync(
        name, database => isTrusted ? database.SetAddAsync(Faults, IdOf(name)) : database.SetRemoveAsync(Faults, IdOf(name)), cancellationToken);

    public Task<bool> ResetAsync(string name, CancellationToken cancellationToken) => IfThereAsync(name, database => ForgetStepsAsync(database, name), cancellationToken);

    public Task<bool> RemoveAsync(string name, CancellationToken cancellationToken) => IfThereAsync(
        name,
        async database =>
        {
            await ForgetStepsAsync(database, name);
            await database.SetRemoveAsync(Faults, IdOf(name));
            await database.HashDeleteAsync(Learners, IdOf(name));
            return true;
        },
        cancellationToken);

    public Task ResetAllAsync(CancellationToken cancellationToken) => store.WriteAsync(database => database.KeyDeleteAsync(Steps), cancellationToken);

    public Task EndAsync(CancellationToken cancellationToken) => store.WriteAsync(database => database.KeyDeleteAsync([Learners, Steps, Faults]), cancellationToken);

    // The same letter can be written in several ways.
    private static string IdOf(string name) => name.Normalize(NormalizationForm.FormC).ToLowerInvariant();

    private static (string Id, string Step) Split(RedisValue field)
    {
        var parts = ((string)field!).Split('/', 2);
        return (parts[0], parts[^1]);
    }

    private static async Task<bool> ForgetStepsAsync(IDatabase database, string name)
    {
        var own = (await database.HashKeysAsync(Steps)).Where(step => Split(step).Id == IdOf(name)).ToArray();
        return own.Length == 0 || await database.HashDeleteAsync(Steps, own) > 0;
    }

    // The result is whether there is the learner.
    private Task<bool> IfThereAsync(string name, Func<IDatabase, Task<bool>> change, CancellationToken cancellationToken) => store.WriteAsync(
        async database =>
        {
            if (!await database.HashExistsAsync(Learners, IdOf(name)))
                return false;
            await change(database);
            return true;
        },
        cancellationToken);

    private sealed record StoredLearner(string Name, DateTimeOffset JoinedAt);
}

internal enum JoinRefusal
{
    None,
    Taken,
    Full,
}

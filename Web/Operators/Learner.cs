using RedisAspire.Web.Api;

namespace RedisAspire.Web.Operators;

/// <summary>The learner of a class that a visitor is, if any.</summary>
internal sealed class Learner(ApiConnection api)
{
    private DateTimeOffset _joinedAt;

    /// <summary>The learner's name; <see langword="null"/> for everybody else.</summary>
    public string? Name { get; private set; }

    /// <summary>Whether the teacher has given the learner fault injection.</summary>
    public bool MayInjectFaults => api.MayInjectFaults;

    /// <summary>What the learner's keys begin with; nothing for everybody else.</summary>
    public string Prefix => Name is null ? "" : $"{Name}:";

    /// <summary>The learner's key of what was typed, with the prefix or without.</summary>
    public string KeyOf(string key) => key.Length == 0 || key.StartsWith(Prefix, StringComparison.Ordinal) ? key : Prefix + key;

    /// <summary>Sets who it is; <see langword="null"/> for somebody else.</summary>
    public void Be(LearnerResponse? learner) => (Name, _joinedAt, api.MayInjectFaults) = (learner?.Name, learner?.JoinedAt ?? default, learner?.MayInjectFaults ?? false);

    /// <summary>Finds the learner in the class as it is now; none when the teacher has removed the learner.</summary>
    public LearnerResponse? In(ClassResponse all) => all.Learners.FirstOrDefault(learner => learner.Name == Name && learner.JoinedAt == _joinedAt);
}

namespace RedisAspire.Web.Operators;

/// <summary>The learner of a class that a visitor is, if any.</summary>
public sealed class Learner
{
    /// <summary>The learner's name; <see langword="null"/> for everybody else.</summary>
    public string? Name { get; set; }

    /// <summary>Whether the teacher has given the learner fault injection.</summary>
    public bool MayInjectFaults { get; set; }

    /// <summary>What the learner's keys begin with; nothing for everybody else.</summary>
    public string Prefix => Name is null ? "" : $"{Name}:";
}

using System.ComponentModel.DataAnnotations;

namespace RedisAspire.Contracts;

/// <summary>The answer of <c>GET /api/class</c>.</summary>
/// <param name="Learners">The learners, by name.</param>
public sealed record ClassResponse(IReadOnlyList<LearnerResponse> Learners);

/// <summary>A learner of a class.</summary>
/// <param name="Name">The name that the learner has chosen. It is unique, whether in capitals or not, and the learner's keys begin with it and a colon.</param>
/// <param name="JoinedAt">When the learner joined. A learner who takes the name later is another one.</param>
/// <param name="Steps">The steps of the workshop that the learner has done.</param>
/// <param name="MayInjectFaults">Whether the teacher lets the learner stop and pause nodes.</param>
public sealed record LearnerResponse(string Name, DateTimeOffset JoinedAt, IReadOnlyList<string> Steps, bool MayInjectFaults);

/// <summary>The body of <c>POST /api/class/learners</c>.</summary>
/// <param name="Name">The name: 1 to 24 letters, digits, <c>-</c> and <c>_</c>.</param>
public sealed record JoinRequest(
    [property: Required(ErrorMessage = JoinRequest.Rule), RegularExpression(@"^[\p{L}\p{M}\p{Nd}_-]{1,24}$", ErrorMessage = JoinRequest.Rule)] string Name)
{
    private const string Rule = "A name has 1 to 24 characters: letters, digits, '-' and '_'.";
}

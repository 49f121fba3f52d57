namespace RedisAspire.Web.Components.Workshop;

/// <summary>What a step of the workshop asks: before it runs, and at its end.</summary>
/// <param name="Prediction">The question before the step: what will happen?</param>
/// <param name="Question">The question after it.</param>
/// <param name="Hints">Help for those who are stuck.</param>
public sealed record Lesson(Quiz Prediction, Quiz Question, IReadOnlyList<string> Hints);

/// <summary>A question with one right answer.</summary>
/// <param name="Text">The question.</param>
/// <param name="Options">The answers to choose from.</param>
/// <param name="Right">The index of the right one.</param>
/// <param name="Why">Why it is right.</param>
public sealed record Quiz(string Text, IReadOnlyList<string> Options, int Right, string Why);

namespace RedisAspire.Web.Api.Lab;

/// <summary>What a run of the bench does, while a person chooses it.</summary>
public sealed class BenchSettings
{
    /// <summary>How many requests are made.</summary>
    public int Requests { get; set; } = 2000;

    /// <summary>How many of them at the same time.</summary>
    public int Concurrency { get; set; } = 8;

    /// <summary>How many different keys they ask for.</summary>
    public int Keys { get; set; } = 100;

    /// <summary><c>uniform</c>, or <c>zipf</c> when few keys are asked for most of the time.</summary>
    public string Distribution { get; set; } = "uniform";

    /// <summary>How many of a hundred requests read; the others write.</summary>
    public int ReadPercent { get; set; } = 100;

    /// <summary>Where reads begin: <c>near</c>, <c>redis</c> or <c>source</c>.</summary>
    public string Level { get; set; } = "near";

    /// <summary>What the run is to do. The source takes no writes.</summary>
    /// <returns>The settings as the API takes them.</returns>
    public BenchRequest ToRequest() => new(Requests, Concurrency, Keys, Distribution, Level == BenchRequest.Source ? 100 : ReadPercent, Level);
}

using Microsoft.Extensions.DependencyInjection;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace RedisAspire.ServiceDefaults.WithoutAspire;

/// <summary>
/// Stands in for Microsoft.Extensions.Http.Resilience: its standard pipeline with its standard values. Total
/// time-out 30 s, three retries with exponential back-off, a circuit breaker, 10 s for each attempt.
/// </summary>
internal static class Resilience
{
    public static IHttpClientBuilder AddStandardResilienceHandler(this IHttpClientBuilder http, Action<ResilienceOptions> configure)
    {
        var options = new ResilienceOptions();
        configure(options);
        return http.AddHttpMessageHandler(() => new ResilienceHandler(options));
    }

    /// <summary>The options of the pipeline that this application uses.</summary>
    internal sealed class ResilienceOptions
    {
        public RetryOptions Retry { get; } = new();
    }

    /// <summary>Which requests are repeated.</summary>
    internal sealed class RetryOptions
    {
        public bool IsSafeOnly { get; private set; }

        /// <summary>Repeats only requests that change nothing.</summary>
        public void DisableForUnsafeHttpMethods() => IsSafeOnly = true;
    }

    private sealed class ResilienceHandler(ResilienceOptions options) : DelegatingHandler
    {
        private readonly ResiliencePipeline<HttpResponseMessage> _repeated = Pipeline(isRepeated: true);
        private readonly ResiliencePipeline<HttpResponseMessage> _once = Pipeline(isRepeated: false);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var isSafe = request.Method == HttpMethod.Get || request.Method == HttpMethod.Head || request.Method == HttpMethod.Options;
            var pipeline = isSafe || !options.Retry.IsSafeOnly ? _repeated : _once;
            return await pipeline.ExecuteAsync(async token => await base.SendAsync(request, token), cancellationToken);
        }

        private static ResiliencePipeline<HttpResponseMessage> Pipeline(bool isRepeated)
        {
            var transient = new PredicateBuilder<HttpResponseMessage>()
                .Handle<HttpRequestException>()
                .Handle<TimeoutRejectedException>()
                .HandleResult(response => (int)response.StatusCode is >= 500 or 408 or 429);

            var builder = new ResiliencePipelineBuilder<HttpResponseMessage>().AddTimeout(TimeSpan.FromSeconds(30));
            if (isRepeated)
            {
                builder.AddRetry(new RetryStrategyOptions<HttpResponseMessage>
                {
                    ShouldHandle = transient,
                    MaxRetryAttempts = 3,
                    Delay = TimeSpan.FromSeconds(2),
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    DelayGenerator = attempt => ValueTask.FromResult(attempt.Outcome.Result?.Headers.RetryAfter?.Delta),
                });
            }

            return builder
                .AddCircuitBreaker(new CircuitBreakerStrategyOptions<HttpResponseMessage>
                {
                    ShouldHandle = transient,
                    FailureRatio = 0.1,
                    MinimumThroughput = 100,
                    SamplingDuration = TimeSpan.FromSeconds(30),
                    BreakDuration = TimeSpan.FromSeconds(5),
                })
                .AddTimeout(TimeSpan.FromSeconds(10))
                .Build();
        }
    }
}

using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;

namespace RedisAspire.AppHost;

/// <summary>Dashboard commands that call the API. They are on the replication, because the API has several instances, and any of them can serve a call.</summary>
internal static class ApiCommands
{
    public static IResourceBuilder<RedisReplicationResource> WithApiCommands(
        this IResourceBuilder<RedisReplicationResource> redis, IResourceBuilder<ProjectResource> api, IResourceBuilder<ParameterResource> adminKey)
    {
        redis.ApplicationBuilder.Services.AddHttpClient();
        return redis
            .WithCommand("flush", "Flush our keys", context => SendAsync(context, HttpMethod.Delete, "/api/cache"), new CommandOptions
            {
                Description = "Removes every cached value; the catalogue stays.",
                ConfirmationMessage = "Remove every cached value?",
                IconName = "Broom",
            })
            .WithCommand("seed", "Seed catalogue", context => SendAsync(context, HttpMethod.Post, "/api/db/seed"), new CommandOptions
            {
                Description = "Adds the sample products that are missing.",
                ConfirmationMessage = "Add the sample products?",
                IconName = "DatabaseArrowDown",
            });

        async Task<ExecuteCommandResult> SendAsync(ExecuteCommandContext context, HttpMethod method, string path)
        {
            using var client = context.Services.GetRequiredService<IHttpClientFactory>().CreateClient();
            using var request = new HttpRequestMessage(method, $"{api.GetEndpoint("http").Url}{path}");
            request.Headers.Add(FaultInjection.AdminKeyFilter.Header, await adminKey.Resource.GetValueAsync(context.CancellationToken));
            try
            {
                using var answer = await client.SendAsync(request, context.CancellationToken);
                var text = await answer.Content.ReadAsStringAsync(context.CancellationToken);
                return answer.IsSuccessStatusCode ? CommandResults.Success("Done.", text, CommandResultFormat.Json) : CommandResults.Failure(ReasonOf(text, answer.Content.Headers.ContentType?.MediaType));
            }
            catch (HttpRequestException failure)
            {
                return CommandResults.Failure($"The API cannot be reached: {failure.Message}");
            }
        }
    }

    private static string ReasonOf(string text, string? mediaType) =>
        mediaType == "application/problem+json" && JsonNode.Parse(text)?["detail"] is { } detail ? $"{detail}" : text;
}

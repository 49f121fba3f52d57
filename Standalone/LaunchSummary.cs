using System.Globalization;
using System.Text;

namespace RedisAspire.Standalone;

/// <summary>What a person needs to know once everything runs.</summary>
internal static class LaunchSummary
{
    public static string Of(StandaloneApplication application)
    {
        var text = new StringBuilder("\nRedisAspire is ready.\n\n");
        if (application.Web is { } web)
            Row(text, "Web page", $"{web.Url}");
        foreach (var api in application.Apis)
            Row(text, api.Name, $"{api.Url}data/foo");
        text.Append('\n');
        foreach (var node in application.Redis.Nodes)
            Row(text, node.Name, $"redis-cli -p {node.Port} -a {application.RedisPassword} --no-auth-warning get foo");
        return text.Append("\nCtrl-C ends everything.\n").ToString();
    }

    private static void Row(StringBuilder text, string label, string value) =>
        text.Append(CultureInfo.InvariantCulture, $"  {label,-16} {value}\n");
}

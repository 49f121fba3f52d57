using System.Globalization;
using System.Text;
using RedisAspire.Hosting;

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
        foreach (var sentinel in application.Redis.Sentinels)
            Row(text, sentinel.Name, $"redis-cli -p {sentinel.Port} -a {application.RedisPassword} --no-auth-warning sentinel get-master-addr-by-name {RedisConfiguration.SentinelServiceName}");
        var statistics = application.Redis.Users.Statistics;
        Row(text, "monitoring", $"redis-cli -p {application.Redis.Master.Port} --user {statistics.Name} -a {statistics.Password} --no-auth-warning info");
        text.Append('\n');
        Row(text, "Admin key", application.AdminKey);
        Row(text, "Drills", $"curl -X POST -H '{RedisAspire.AppHost.Drills.AdminKeyFilter.Header}: {application.AdminKey}' {application.Drills.Address}nodes/redis-replica-1/stop");
        return text.Append("\nCtrl-C ends everything.\n").ToString();
    }

    private static void Row(StringBuilder text, string label, string value) =>
        text.Append(CultureInfo.InvariantCulture, $"  {label,-16} {value}\n");
}

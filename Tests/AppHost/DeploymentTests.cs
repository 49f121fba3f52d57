using System.Text.RegularExpressions;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using RedisAspire.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace RedisAspire.Tests.AppHost;

/// <summary>What <c>deploy/</c> holds is what the app host's model says: nothing else keeps the two together.</summary>
public sealed partial class DeploymentTests(PublishedApplication published) : IClassFixture<PublishedApplication>
{
    // Of the deployment alone: where telemetry goes.
    private static readonly string[] OfTheDeployment = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_SERVICE_NAME"];

    private readonly DistributedApplication _application = published.Application;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IEnumerable<ContainerResource> Members => _application.Resources().OfType<ContainerResource>();

    private IEnumerable<ProjectResource> Services => _application.Resources().OfType<ProjectResource>();

    [Fact]
    public async Task The_compose_file_has_the_services_of_the_model()
    {
        var services = Map(await ComposeAsync(), "services");

        Assert.Equal(Members.Select(member => member.Name).Concat(Services.Select(service => service.Name)), Names(services));
        foreach (var member in Members)
        {
            var service = Map(services, member.Name);
            Assert.Equal(ImageOf(member), Scalar(service, "image"));
            Assert.Equal(PortOf(member), Assert.Single(List(service, "expose")));
            // A sentinel has one for its file, of which the model says nothing.
            Assert.Equal($"{member.Name}-data:/data", Assert.Single(List(service, "volumes")));
            Assert.Equal([member.Entrypoint], List(service, "entrypoint"));
            Assert.Equal(await _application.ArgumentsAsync(member), string.Join(' ', List(service, "command")).Replace("$$", "$", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Data_of_every_node_is_on_a_volume_of_the_name_it_has_in_the_compose_file()
    {
        var volumes = Names(Map(await ComposeAsync(), "volumes"));

        Assert.Equal(Members.Select(member => $"{member.Name}-data"), volumes);
        foreach (var mount in _application.Redis().Nodes.Select(node => node.Annotations.OfType<ContainerMountAnnotation>().First()))
        {
            Assert.Equal("/data", mount.Target);
            Assert.Contains(mount.Source, volumes);
        }
    }

    [Fact]
    public async Task A_service_has_the_environment_of_the_model_in_the_compose_file()
    {
        var services = Map(await ComposeAsync(), "services");

        foreach (var resource in Members.Cast<IResource>().Concat(Services))
        {
            var expected = await EnvironmentAsync(resource);
            var environment = Map(Map(services, resource.Name), "environment").Children.ToDictionary(pair => $"{pair.Key}", pair => FromCompose($"{pair.Value}"));
            Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), environment.Keys.Except(OfTheDeployment).Order(StringComparer.Ordinal));
            foreach (var (name, value) in expected.Where(variable => variable.Key is not "HTTP_PORTS" && !variable.Value.Contains(".url}", StringComparison.Ordinal)))
                Assert.Equal(value, environment[name]);
        }
    }

    [Fact]
    public async Task Every_secret_of_the_model_is_asked_for_in_the_compose_files_environment()
    {
        var asked = await File.ReadAllLinesAsync(PathOf("compose", ".env.example"), Cancellation);

        foreach (var secret in _application.Resources().OfType<ParameterResource>().Where(parameter => parameter.Secret))
            Assert.Contains($"{VariableOf(secret.Name)}=", asked);
    }

    [Fact]
    public async Task The_chart_has_the_nodes_sentinels_and_services_of_the_model()
    {
        var values = await YamlAsync("kubernetes", "values.yaml");
        var redis = Map(values, "redis");
        var template = await ChartAsync("templates", "redis.yaml");

        Assert.Equal(_application.Redis().Nodes.Select(node => node.Name), List(redis, "nodes"));
        Assert.Equal(_application.Redis().Sentinels.Select(sentinel => sentinel.Name), List(redis, "sentinels"));
        Assert.All(Members, member => Assert.Equal(ImageOf(member), Scalar(redis, "image")));
        Assert.Contains($"ternary {PortOf(Members.Last())} {PortOf(Members.First())} $isSentinel", template, StringComparison.Ordinal);
        Assert.Contains("mountPath: /data", template, StringComparison.Ordinal);
        Assert.Equal(
            _application.Resources().OfType<ParameterResource>().Where(parameter => parameter.Secret && parameter.Name.StartsWith("redis-", StringComparison.Ordinal)).Select(parameter => ValueOf(parameter.Name)),
            Names(Map(values, "passwords")));
        foreach (var service in Services)
        {
            Assert.Contains($"name: {service.Name}\n", await ChartAsync("templates", $"{service.Name}.yaml"), StringComparison.Ordinal);
            Assert.Contains(service.Name, Names(values));
        }

        Assert.Equal($"{Services.First().GetReplicaCount()}", Scalar(Map(values, "apiservice"), "replicas"));
    }

    [Fact]
    public async Task A_node_and_a_sentinel_have_the_configuration_of_the_model_in_the_chart()
    {
        var script = (await ChartAsync("files", "start.sh")).TrimEnd();

        foreach (var member in Members)
        {
            var isSentinel = member is RedisSentinelResource;
            var text = await ChartAsync("files", isSentinel ? "sentinel.conf" : "node.conf");
            var isMaster = member == Members.First();
            text = ConditionalLines().Replace(text, match => isMaster ? "\n" : match.Groups["lines"].Value + "\n")
                .Replace("{{ .name }}", member.Name, StringComparison.Ordinal)
                .Replace("{{ first .Values.redis.nodes }}", Members.First().Name, StringComparison.Ordinal)
                .Replace("{{ add (div (len .Values.redis.sentinels) 2) 1 }}", $"{(_application.Redis().Sentinels.Count() / 2) + 1}", StringComparison.Ordinal);
            text = ChartPassword().Replace(text, match => $"{{{ParameterOf(match.Groups["name"].Value)}.value}}");

            Assert.Equal((await EnvironmentAsync(member))["REDIS_CONFIGURATION"], text);
            Assert.Equal(
                await _application.ArgumentsAsync(member), $"-c {script.Replace("{{ if .isSentinel }} --sentinel{{ end }}", isSentinel ? " --sentinel" : "", StringComparison.Ordinal)}");
        }
    }

    [Fact]
    public async Task Nodes_and_services_have_the_variables_of_the_model_in_the_chart()
    {
        Assert.Equal(
            (await EnvironmentAsync(Members.First())).Keys.Order(StringComparer.Ordinal),
            await VariablesAsync("redis.yaml"));
        foreach (var service in Services)
        {
            // Those of every node and sentinel are written once for all.
            var expected = (await EnvironmentAsync(service)).Keys.Where(name => !Members.Any(member => name == $"ConnectionStrings__{member.Name}"));
            Assert.Equal(expected.Order(StringComparer.Ordinal), await VariablesAsync($"{service.Name}.yaml"));
        }

        var api = await ChartAsync("templates", "apiservice.yaml");
        foreach (var port in Members.Select(PortOf).Distinct())
            Assert.Contains($"ConnectionStrings__{{{{ . }}}}: \"{{{{ . }}}}:{port},password={{{{ $password }}}}\"", api, StringComparison.Ordinal);
    }

    // Services speak HTTP among themselves; TLS ends before them.
    private async Task<Dictionary<string, string>> EnvironmentAsync(IResource resource) => (await _application.EnvironmentAsync(resource))
        .Where(variable => !variable.Key.Contains("https", StringComparison.OrdinalIgnoreCase))
        .ToDictionary(variable => variable.Key, variable => Known(variable.Value));

    // Names and ports that the deployment fixes. Passwords are distinguished by the parameter.
    private string Known(string value)
    {
        var redis = _application.Redis();
        value = value.Replace($"{{{redis.Name}.connectionString}}", redis.ConnectionStringExpression.ValueExpression, StringComparison.Ordinal);
        foreach (var member in Members)
        {
            value = value
                .Replace($"{{{member.Name}.bindings.tcp.scheme}}", "redis", StringComparison.Ordinal)
                .Replace($"{{{member.Name}.bindings.tcp.host}}", member.Name, StringComparison.Ordinal)
                .Replace($"{{{member.Name}.bindings.tcp.port}}", PortOf(member), StringComparison.Ordinal)
                .Replace($"{{{member.Name}.bindings.tcp.targetPort}}", PortOf(member), StringComparison.Ordinal);
        }

        // Aspire's own connection strings say whether the node speaks TLS, which it does not.
        return TlsCondition().Replace(value, "");
    }

    private string FromCompose(string value) => ComposeVariable().Replace(value, match =>
        _application.Resources().OfType<ParameterResource>().FirstOrDefault(parameter => VariableOf(parameter.Name) == match.Groups["name"].Value) is { } parameter
            ? $"{{{parameter.Name}.value}}"
            : match.Value);

    private static string VariableOf(string parameter) => parameter.Replace('-', '_').ToUpperInvariant();

    // passwords.operator is the parameter redis-operator-password.
    private static string ValueOf(string parameter) => parameter == "redis-password" ? "services" : parameter["redis-".Length..^"-password".Length];

    private static string ParameterOf(string value) => value == "services" ? "redis-password" : $"redis-{value}-password";

    private static string ImageOf(ContainerResource member) =>
        member.Annotations.OfType<ContainerImageAnnotation>().Single() is var image ? $"{image.Registry}/{image.Image}:{image.Tag}" : "";

    private static string PortOf(ContainerResource member) => $"{member.Annotations.OfType<EndpointAnnotation>().Single().TargetPort}";

    private static string PathOf(params string[] parts) => Path.Combine([Repository.Root, "deploy", .. parts]);

    private static async Task<string> ChartAsync(params string[] parts) =>
        (await File.ReadAllTextAsync(PathOf(["kubernetes", .. parts]), Cancellation)).ReplaceLineEndings("\n");

    // The entries of the secret that a pod has as its environment.
    private static async Task<IEnumerable<string>> VariablesAsync(string template)
    {
        var text = await ChartAsync("templates", template);
        var start = text.IndexOf("stringData:", StringComparison.Ordinal);
        var secret = text[start..text.IndexOf("\n---", start, StringComparison.Ordinal)];
        return Entry().Matches(secret).Select(match => match.Groups["name"].Value).Except(OfTheDeployment).Order(StringComparer.Ordinal);
    }

    private static Task<YamlMappingNode> ComposeAsync() => YamlAsync("compose", "docker-compose.yaml");

    private static async Task<YamlMappingNode> YamlAsync(params string[] parts)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(await File.ReadAllTextAsync(PathOf(parts), Cancellation)));
        return (YamlMappingNode)stream.Documents.Single().RootNode;
    }

    private static YamlMappingNode Map(YamlMappingNode parent, string name) => Merged((YamlMappingNode)parent.Children[name]);

    private static IEnumerable<string> List(YamlMappingNode parent, string name) => ((YamlSequenceNode)parent.Children[name]).Select(item => ((YamlScalarNode)item).Value!);

    private static string Scalar(YamlMappingNode parent, string name) => ((YamlScalarNode)parent.Children[name]).Value!;

    private static IEnumerable<string> Names(YamlMappingNode map) => map.Children.Keys.Select(key => ((YamlScalarNode)key).Value!);

    // "<<" takes over the entries of one or several others.
    private static YamlMappingNode Merged(YamlMappingNode map)
    {
        var merged = new YamlMappingNode();
        foreach (var (key, value) in map.Children)
        {
            if (key is not YamlScalarNode { Value: "<<" })
            {
                merged.Children[key] = value;
                continue;
            }

            foreach (var other in value is YamlSequenceNode several ? several.Cast<YamlMappingNode>() : [(YamlMappingNode)value])
            {
                foreach (var (name, entry) in other.Children)
                    merged.Children.TryAdd(name, entry);
            }
        }

        return merged;
    }

    [GeneratedRegex(@"\$\{(?<name>\w+)(:[?-][^}]*)?\}")]
    private static partial Regex ComposeVariable();

    [GeneratedRegex(@"\{cond-[\w-]+-tlsenabled-\w+\.connectionString\}")]
    private static partial Regex TlsCondition();

    [GeneratedRegex(@"\{\{ \.Values\.passwords\.(?<name>\w+) \}\}")]
    private static partial Regex ChartPassword();

    [GeneratedRegex(@"\n\{\{- if [^\n]*\}\}(?<lines>.*?)\n\{\{- end \}\}\n", RegexOptions.Singleline)]
    private static partial Regex ConditionalLines();

    [GeneratedRegex(@"(?m)^  (?<name>[A-Za-z]\w*):")]
    private static partial Regex Entry();
}

using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace RedisAspire.Hosting;

/// <summary>
/// The users' passwords as secret parameters. Generated ones are new in every run, so that only a node of
/// this run accepts them.
/// </summary>
internal sealed class RedisCredentials
{
    // These characters end a value in a connection string, and Sentinel does not quote values in its file.
    private static readonly SearchValues<char> NotInPasswords = SearchValues.Create(",= \t\r\n\"'");

    private const int MinLength = 32;

    private readonly Dictionary<string, ParameterResource> _passwords;
    private readonly List<ParameterResource> _generated = [];
    private bool _isKept;

    /// <summary>Adds the parameters. The application's password is generated as well if it is not given.</summary>
    public RedisCredentials(IDistributedApplicationBuilder builder, string name, ParameterResource? password)
    {
        Application = password ?? AddPassword($"{name}-password");
        var users = new RedisUsers(applicationPassword: "");
        _passwords = users.All.ToDictionary(user => user.Name, user => user == users.Application ? Application : AddPassword($"{name}-{user.Name}-password"), StringComparer.Ordinal);

        // Without special characters: a comma would end it in a connection string.
        ParameterResource AddPassword(string parameter)
        {
            var generated = builder.AddParameter(parameter, new GenerateParameterDefault { MinLength = MinLength, Special = false }, secret: true).Resource;
            _generated.Add(generated);
            return generated;
        }
    }

    /// <summary>The password of the services.</summary>
    public ParameterResource Application { get; }

    /// <summary>The password of the user that may make another node the master.</summary>
    public ParameterResource Operator => _passwords[RedisUsers.OperatorName];

    /// <summary>The password of the user that may only read.</summary>
    public ParameterResource Reader => _passwords[RedisUsers.ReaderName];

    public IEnumerable<ParameterResource> All => _passwords.Values;

    // One name for all nodes and sentinels of a run.
    private string FollowCommand { get; } = new RedisUsers("").FollowCommand!;

    /// <summary>Has the generated passwords kept in the user secrets of the app host, so that the next run has the same.</summary>
    public void Keep(IDistributedApplicationBuilder builder)
    {
        _isKept = true;
        foreach (var parameter in _generated)
            parameter.Default = ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(builder, parameter.Name, special: false).Default;
    }

    /// <summary>The reason why a password is refused; <see langword="null"/> when it is valid.</summary>
    public static string? RefusalOf(string password) => password.Length == 0 || password.AsSpan().ContainsAny(NotInPasswords)
        ? "must not be empty nor contain commas, equals signs, white space or quotation marks."
        : null;

    /// <summary>Checks the passwords that are given.</summary>
    /// <exception cref="DistributedApplicationException">One of them cannot be used.</exception>
    public void Check(IConfiguration configuration)
    {
        foreach (var parameter in All)
        {
            if (configuration[$"Parameters:{parameter.Name}"] is { } given && RefusalOf(given) is { } refusal)
                throw new DistributedApplicationException($"The parameter '{parameter.Name}' {refusal}");
        }
    }

    /// <summary>The users with their passwords.</summary>
    public async Task<RedisUsers> ResolveAsync(CancellationToken cancellationToken)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (user, password) in _passwords)
            values[user] = await password.GetValueAsync(cancellationToken) ?? throw new DistributedApplicationException($"The parameter '{password.Name}' has no value.");
        // Containers that outlive the run have to keep the name, so it is made from a password that is kept as well.
        var follow = _isKept ? $"slaveof-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(values["sentinel"])))[..32]}" : FollowCommand;
        return new RedisUsers(values["default"], user => values[user]) { FollowCommand = follow };
    }

    /// <summary>The users with placeholders for their passwords, for what is published.</summary>
    public RedisUsers WithPlaceholders(Func<ParameterResource, string> placeholderOf) =>
        // The addresses of published nodes are never reused by others.
        new(placeholderOf(Application), user => placeholderOf(_passwords[user])) { FollowCommand = null, IsHashed = false };
}

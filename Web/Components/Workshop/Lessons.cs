using Microsoft.Extensions.Localization;
using RedisAspire.Web.Localization;

namespace RedisAspire.Web.Components.Workshop;

/// <summary>What each step of the workshop asks, in the visitor's language.</summary>
internal sealed class Lessons(IStringLocalizer<WorkshopTexts> texts)
{
    private IStringLocalizer Text => texts;

    public Lesson this[string step] => step switch
    {
        "install" => new(
            new(Text["What does a Redis server answer to PING?"], [Text["Its version"], Text["PONG"], Text["Nothing: it takes only SET and GET"]], 1,
                Text["PING changes nothing: it shows that the server is there and that the password is right."]),
            new(Text["The answer is “NOAUTH Authentication required”. What is wrong?"], [Text["The server is down"], Text["The port is wrong"], Text["redis-cli has sent no password"]], 2,
                Text["The server is there and answers, but takes no other command before the password. --askpass asks for it, and REDISCLI_AUTH holds it."]),
            [Text["“Connection refused” means that no server listens on that port: compare it with the Topology page."], Text["Check that the key hello has arrived: Watch my terminal shows it on every node."]]),
        "replication" => new(
            new(Text["A key is written on the master. When can it be read on a replica?"], [Text["When the replica asks the next time"], Text["By itself, about a millisecond later"], Text["After a minute, with the next copy"]], 1,
                Text["The master sends every write to its replicas at once, without being asked; the step shows the milliseconds."]),
            new(Text["What does a replica answer to SET?"], [Text["OK, and it passes the write on to the master"], Text["READONLY: it takes no writes"], Text["OK, and the key is lost later"]], 1,
                Text["A replica is a copy. A write on it would be on one node alone, so Redis refuses it."]),
            [Text["Try the SET at a replica, too, and read its answer."], Text["When a replica is behind, its link to the master may be down: the Topology page shows it."]]),
        "cache" => new(
            new(Text["The database takes two seconds. How long does the second request for the same key take?"], [Text["About two seconds again"], Text["About one second"], Text["A few milliseconds"]], 2,
                Text["The first request has stored the answer in Redis, and the second one does not reach the database."]),
            new(Text["How can you tell that an answer comes from the cache?"], [Text["The header X-Cache says HIT"], Text["The value is another one"], Text["Redis has one more key"]], 0,
                Text["X-Cache says HIT or MISS; as plain text, the line begins with [CACHE] or [SLOW]. The value is the same: that is the point of a cache."]),
            [Text["The time of the first request is that of the database. Look only at the second one."], Text["The key is on the master and, as a copy, on every replica."]]),
        "expiry" => new(
            new(Text["A value lives five seconds. What does the request after six seconds get?"], [Text["An error, because the key is gone"], Text["The value from the database, slowly"], Text["The old value from the cache"]], 1,
                Text["For the cache, an expired key is as one that never was: a miss, and the value is fetched and stored again."]),
            new(Text["What does TTL answer for a key that has expired?"], ["-2", "0", "-1"], 0,
                Text["-2 means that there is no such key, and -1 that it is there and never expires."]),
            [Text["Ask for the TTL twice: it counts down by itself, without anybody writing."]]),
        "stampede" => new(
            new(Text["Fifty requests at once for a key that is not cached: how often is the database called?"], [Text["Fifty times"], Text["Once"], Text["Once for each Redis node"]], 1,
                Text["The first request calls it and the others wait for the result: within a process by sharing one call, between processes by a lease in Redis."]),
            new(Text["How long did the slowest of the fifty wait?"], [Text["About 100 seconds: one after the other"], Text["About two seconds: as long as one request"], Text["A few milliseconds"]], 1,
                Text["All wait for the same call. Without this protection, fifty calls at once would meet the database just when it is busiest."]),
            [Text["“&” runs a command in the background, and “wait” waits for all of them."], Text["Run the lines twice: the second time, all fifty are hits."]]),
        "invalidation" => new(
            new(Text["The value is in the memory of the API, and you change it in Redis. What does the next request get?"], [Text["The old value, until it expires"], Text["The new value"], Text["An error"]], 1,
                Text["Redis remembers which keys the API has read, and tells it when one of them changes. The near cache drops its copy, and the next request reads the new value."]),
            new(Text["Who tells the near cache that the key has changed?"], [Text["redis-cli"], Text["The Redis server, with a push"], Text["Nobody: it asks once a second"]], 1,
                Text["Whoever changes a key need not know of the others: the server sends an invalidation to those who have read it (CLIENT TRACKING)."]),
            [Text["Write on the master: its port is in the line."], Text["When two minutes have passed, run the step again: the line stays the same."]]),
        "wait" => new(
            new(Text["WAIT 2 1000 comes after a SET. What does its answer say?"], [Text["How many replicas have the write"], Text["How many milliseconds it took"], Text["OK"]], 0,
                Text["It is the number of replicas that have acknowledged the write, as soon as there are enough of them, or when the time is over."]),
            new(Text["WAIT answers 0. What has become of the write?"], [Text["It was rolled back"], Text["The master has it, but no replica has acknowledged it"], Text["It was refused"]], 1,
                Text["WAIT undoes nothing. The write is on the master, and would be lost if the master were lost now."]),
            [Text["SET and WAIT belong to one connection: in two calls of redis-cli, WAIT knows of no write."]]),
        "failover" => new(
            new(Text["The master is killed. What happens to reads and writes?"], [Text["Both fail until somebody starts it again"], Text["Reads go on, and writes wait some seconds for a new master"], Text["Nothing: all nodes are equal"]], 1,
                Text["Replicas serve the reads. The sentinels agree that the master is gone and promote a replica, and until then no node takes writes."]),
            new(Text["The old master comes back. What is it now?"], [Text["The master again"], Text["A second master"], Text["A replica of the new master"]], 2,
                Text["The sentinels make it follow the new master, whose data it takes over. Writes that nobody else had are lost: that is why there is WAIT."]),
            [Text["Watch the Topology page in a second window."], Text["It takes some seconds: the sentinels wait before they take a master for dead."]]),
        _ => throw new ArgumentOutOfRangeException(nameof(step), step, message: null),
    };
}

/// <summary>What a step of the workshop asks: before it runs, what will happen; and at its end. The hints help those who are stuck.</summary>
internal sealed record Lesson(Quiz Prediction, Quiz Question, IReadOnlyList<string> Hints);

/// <summary>A question with one right answer.</summary>
/// <param name="Text">The question.</param>
/// <param name="Options">The answers to choose from.</param>
/// <param name="Right">The index of the right one.</param>
/// <param name="Why">Why it is right.</param>
public sealed record Quiz(string Text, IReadOnlyList<string> Options, int Right, string Why);

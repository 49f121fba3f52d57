using RedisAspire.Caching.Tracking;

namespace RedisAspire.Caching.Topology;

/// <summary>How a node keeps its data on disk, and whether that works.</summary>
/// <param name="IsLoading">Whether it is still reading its data after a start.</param>
/// <param name="IsAppendOnly">Whether every write goes to the append-only file.</param>
/// <param name="IsAppendOk">Whether the last write to the append-only file went well.</param>
/// <param name="IsRewriteOk">Whether the last rewrite of the append-only file went well.</param>
/// <param name="IsSaving">Whether a snapshot is being saved.</param>
/// <param name="IsSaveOk">Whether the last snapshot was saved well.</param>
/// <param name="SavedAt">When the last snapshot was saved; the start of the server when none was.</param>
/// <param name="ChangesSinceSave">How many writes there were since.</param>
public sealed record RedisPersistence(
    bool? IsLoading,
    bool? IsAppendOnly,
    bool? IsAppendOk,
    bool? IsRewriteOk,
    bool? IsSaving,
    bool? IsSaveOk,
    DateTimeOffset? SavedAt,
    long? ChangesSinceSave)
{
    internal static RedisPersistence Read(RedisInfo info) => new(
        info.Flag("loading"),
        info.Flag("aof_enabled"),
        info.IsOk("aof_last_write_status"),
        info.IsOk("aof_last_bgrewrite_status"),
        info.Flag("rdb_bgsave_in_progress"),
        info.IsOk("rdb_last_bgsave_status"),
        info.Number("rdb_last_save_time") is { } seconds ? RespTime.UnixSeconds(seconds) : null,
        info.Number("rdb_changes_since_last_save"));
}

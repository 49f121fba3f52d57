using System.Net;
using Microsoft.Extensions.Localization;
using RedisAspire.Web.Api;
using RedisAspire.Web.Localization;

namespace RedisAspire.Web.Components.Failures;

/// <summary>Says in the reader's language what went wrong, and what to do about it.</summary>
/// <param name="texts">The sentences.</param>
/// <param name="api">Knows whether the reader is an operator.</param>
public sealed class FailureWords(IStringLocalizer<FailureTexts> texts, ApiConnection api)
{
    private IStringLocalizer Text => texts;

    /// <summary>Says what went wrong, in a few words.</summary>
    /// <param name="problem">What went wrong.</param>
    /// <returns>A title.</returns>
    public string TitleOf(CacheApiException problem) => problem switch
    {
        { Kind: FailureKind.Unreachable } => Text["The API cannot be reached"],
        { Kind: FailureKind.TimedOut } => Text["The API took too long"],
        { Kind: FailureKind.BrokenOff } => Text["The API broke off"],
        { Status: HttpStatusCode.ServiceUnavailable } => Text["Not possible at the moment"],
        { Status: HttpStatusCode.GatewayTimeout } => Text["The source took too long"],
        { Status: HttpStatusCode.TooManyRequests } => Text["Too many requests"],
        { Status: HttpStatusCode.NotFound } => Text["Not there"],
        { Status: HttpStatusCode.Conflict } => Text["Not possible as things are"],
        { Status: HttpStatusCode.PreconditionFailed } => Text["It was changed meanwhile"],
        { Status: HttpStatusCode.Unauthorized } when !api.IsOperator => Text["Only for operators"],
        { Status: HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden } => Text["Not allowed"],
        { Status: >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError } => Text["That is not accepted"],
        _ => Text["The API failed"],
    };

    /// <summary>Says what to do.</summary>
    /// <param name="problem">What went wrong.</param>
    /// <returns>A sentence or two.</returns>
    public string AdviceOn(CacheApiException problem) => problem switch
    {
        { MayHaveBeenWritten: true } => Text["Redis failed while it wrote. It may have been written all the same: look for it before you send it again."],
        { MayHaveBeenWritten: false } => Text["Redis could not write it: nothing has changed. Try again in a moment."],
        { Kind: FailureKind.Unreachable } => Text["The web page is here, but the service behind it does not answer. Try again in a few seconds."],
        { Kind: FailureKind.TimedOut } => Text["The answer did not come in time. If you have changed something, it may be done all the same: look before you try again."],
        { Kind: FailureKind.BrokenOff } => Text["The connection was lost before the end, so that only a part may be done. Look, and start it again."],
        { Status: HttpStatusCode.ServiceUnavailable } => Text["Redis, or what else is needed for it, does not answer. After the loss of a master another node takes over within seconds: try again in a moment. The topology shows how the nodes are."],
        { Status: HttpStatusCode.GatewayTimeout } => Text["The database did not answer in time, and the cache had no value. Redis is not to blame. Try again in a moment."],
        { Status: HttpStatusCode.TooManyRequests } => Text["More was asked from this address than one visitor may ask. Wait a few seconds and try again."],
        { Status: HttpStatusCode.NotFound } => Text["It has expired or was deleted meanwhile, or there never was such a thing. Refresh to see what there is."],
        { Status: HttpStatusCode.Conflict } => Text["It does not go together with how things are now, or the same is under way already. See how they are, and try again."],
        { Status: HttpStatusCode.PreconditionFailed } => Text["Somebody was quicker, so that nothing was written over it. Refresh, and try again if you still want to."],
        { Status: HttpStatusCode.Unauthorized } when !api.IsOperator => Text["You are only looking. This shows what is not for everybody, or changes or breaks something for everybody: log in first."],
        { Status: HttpStatusCode.Forbidden } => Text["The API lets nobody do this."],
        { Status: HttpStatusCode.Unauthorized } => Text["The API does not know the admin key of this web page. Who runs them has to give both the same key."],
        { Status: >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError } => Text["Something that was entered is not as it has to be. Change it, and try again."],
        _ => Text["The mistake is in the service, not in what you did. Try again; its log says more."],
    };
}

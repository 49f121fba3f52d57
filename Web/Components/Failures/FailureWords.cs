using System.Net;
using Microsoft.Extensions.Localization;
using RedisAspire.Web.Api;
using RedisAspire.Web.Localization;

namespace RedisAspire.Web.Components.Failures;

/// <summary>Describes failures in the visitor's language, with advice.</summary>
internal sealed class FailureWords(IStringLocalizer<FailureTexts> texts, ApiConnection api)
{
    private IStringLocalizer Text => texts;

    public string TitleOf(CacheApiException problem) => problem switch
    {
        { Kind: FailureKind.Unreachable } => Text["The API cannot be reached"],
        { Kind: FailureKind.TimedOut } => Text["The API took too long"],
        { Kind: FailureKind.BrokenOff } => Text["The connection to the API was lost"],
        { Status: HttpStatusCode.ServiceUnavailable } => Text["Not possible at the moment"],
        { Status: HttpStatusCode.GatewayTimeout } => Text["The source took too long"],
        { Status: HttpStatusCode.TooManyRequests } => Text["Too many requests"],
        { Status: HttpStatusCode.NotFound } => Text["Not found"],
        { Status: HttpStatusCode.Conflict } => Text["Not possible in the current state"],
        { Status: HttpStatusCode.PreconditionFailed } => Text["It has changed in the meantime"],
        { Status: HttpStatusCode.Unauthorized } when !api.IsOperator => Text["Only for operators"],
        { Status: HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden } => Text["Not allowed"],
        { Status: >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError } => Text["Invalid input"],
        _ => Text["The API failed"],
    };

    public string AdviceOn(CacheApiException problem) => problem switch
    {
        { MayHaveBeenWritten: true } => Text["Redis failed during the write. It may have been written all the same: check before you send it again."],
        { MayHaveBeenWritten: false } => Text["Redis could not write it, so nothing has changed. Try again in a moment."],
        { Kind: FailureKind.Unreachable } => Text["The web page works, but the API behind it does not answer. Try again in a few seconds."],
        { Kind: FailureKind.TimedOut } => Text["The answer did not arrive in time. If you were changing something, the change may have been made all the same: check before you try again."],
        { Kind: FailureKind.BrokenOff } => Text["The connection was lost before the end, so only a part may have been done. Check, and start again."],
        { Status: HttpStatusCode.ServiceUnavailable } => Text["Redis, or another service that is needed for this, does not answer. When the master is lost, another node takes over within seconds: try again in a moment. The topology page shows the state of the nodes."],
        { Status: HttpStatusCode.GatewayTimeout } => Text["The database did not answer in time, and the cache had no value. Redis is not the cause. Try again in a moment."],
        { Status: HttpStatusCode.TooManyRequests } => Text["Requests are rate-limited per client address, and yours has reached the limit. Wait a few seconds and try again."],
        { Status: HttpStatusCode.NotFound } => Text["It has expired, has been deleted, or never existed. Refresh to see the current state."],
        { Status: HttpStatusCode.Conflict } => Text["It conflicts with the current state, or the same action is already running. Check the state, and try again."],
        { Status: HttpStatusCode.PreconditionFailed } => Text["Somebody else changed it first, so nothing was overwritten. Refresh, and try again if you still want to."],
        { Status: HttpStatusCode.Unauthorized } when !api.IsOperator => Text["You are not logged in. This is reserved for operators, because it shows internal data or changes something for everybody. Log in first."],
        { Status: HttpStatusCode.Forbidden } => Text["The API does not allow this to anybody."],
        { Status: HttpStatusCode.Unauthorized } => Text["The API does not accept the admin key of this web page. Both must be configured with the same key."],
        { Status: >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError } => Text["Some of the input is not valid. Correct it, and try again."],
        _ => Text["The error is in the service, not in what you did. Try again; the service’s log has the details."],
    };
}

using System.Collections;
using System.Globalization;

namespace RedisAspire.ApiService.Problems;

/// <summary>How a value of a request has to be written.</summary>
/// <param name="Description">It in a sentence.</param>
/// <param name="Fits">Whether a text is written so.</param>
internal sealed record ValueForm(string Description, Func<string, bool> Fits)
{
    private static readonly ValueForm Int32 = new("It is a whole number of at most 9 digits.", text => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _));
    private static readonly ValueForm Int64 = new("It is a whole number of at most 18 digits.", text => long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _));
    private static readonly ValueForm Number = new("It is a number.", text => decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out _));
    private static readonly ValueForm Truth = new("It is true or false.", text => bool.TryParse(text, out _));
    private static readonly ValueForm Text = new("It is a text.", _ => true);
    private static readonly ValueForm List = new("It is a list.", _ => true);
    private static readonly ValueForm Other = new("It is something else.", _ => true);

    /// <summary>The form of a type.</summary>
    public static ValueForm Of(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var one when one == typeof(string) => Text,
        var one when one == typeof(int) => Int32,
        var one when one == typeof(long) => Int64,
        var one when one == typeof(decimal) => Number,
        var one when one == typeof(bool) => Truth,
        var one when one.IsAssignableTo(typeof(IEnumerable)) => List,
        _ => Other,
    };
}

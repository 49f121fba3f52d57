namespace RedisAspire.Tests.Web;

/// <summary>
/// Whether what is written and drawn stands out from what is behind it. Axe judges no text above a gradient, and there is one
/// behind every page, and it judges no icon and no chart.
/// </summary>
internal static class Contrast
{
    // Every color behind an element is one of several where a gradient is: all of them count. A canvas turns any notation of CSS into red, green, blue.
    private const string Weak =
        """
        () => {
          const pad = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
          const colors = new Map(), grounds = new Map();
          const color = css => {
            if (!colors.has(css)) {
              pad.clearRect(0, 0, 1, 1);
              pad.fillStyle = css;
              pad.fillRect(0, 0, 1, 1);
              const [red, green, blue, alpha] = pad.getImageData(0, 0, 1, 1).data;
              colors.set(css, [red, green, blue, alpha / 255]);
            }
            return colors.get(css);
          };
          const over = (above, below) => [0, 1, 2].map(i => above[i] * above[3] + below[i] * (1 - above[3])).concat(1);
          const faded = ([red, green, blue, alpha], opacity) => [red, green, blue, alpha * opacity];
          const luminance = rgb => {
            const [red, green, blue] = rgb.map(part => (part /= 255) <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
            return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
          };
          const ratio = (one, other) => {
            const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
            return (light + 0.05) / (dark + 0.05);
          };
          const groundOf = element => {
            if (!element) return [[255, 255, 255, 1]];
            if (!grounds.has(element)) {
              const style = getComputedStyle(element);
              const plain = groundOf(element.parentElement).map(below => over(faded(color(style.backgroundColor), +style.opacity), below));
              const stops = style.backgroundImage.includes('gradient') ? style.backgroundImage.match(/(?:rgba?|color|oklab)\([^)]*\)/g) ?? [] : [];
              grounds.set(element, [...plain, ...stops.map(color).filter(stop => stop[3] > 0).flatMap(stop => plain.map(below => over(stop, below)))]);
            }
            return grounds.get(element);
          };
          const opacityOf = element => element ? +getComputedStyle(element).opacity * opacityOf(element.parentElement) : 1;
          const weak = new Set();
          const judge = (element, css, ground, least) => {
            const paint = faded(color(css), opacityOf(element));
            const worst = Math.min(...groundOf(ground).map(below => ratio(over(paint, below), below)));
            if (worst < least)
              weak.add(`${worst.toFixed(2)} instead of ${least}: <${element.tagName.toLowerCase()} class="${element.getAttribute('class') ?? ''}"> ${element.textContent.trim().slice(0, 40)}`);
          };

          for (const element of document.body.querySelectorAll('*')) {
            const box = element.getBoundingClientRect();
            if (box.width < 1 && box.height < 1 || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
              continue;
            if (element.closest('[disabled], [aria-disabled=true], .rz-state-disabled'))
              continue;
            const style = getComputedStyle(element), isDrawn = element instanceof SVGElement;
            if ([...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim())) {
              const size = parseFloat(style.fontSize);
              const isLarge = element.classList.contains('rzi') || size >= 24 || size >= 18.66 && +style.fontWeight >= 700;
              judge(element, isDrawn ? style.fill : style.color, element, isLarge ? 3 : 4.5);
            } else if (element instanceof SVGGeometryElement && !element.matches('.rz-grid-line, .rz-progressbar-circular-background, .rz-series-data-label-chip')) {
              const paint = [style.stroke, style.fill].find(css => css !== 'none' && color(css)[3] > 0.5);
              if (paint) judge(element, paint, element, 3);
            } else if (element.matches('.dot, .rz-timeline-point')) {
              judge(element, style.backgroundColor, element.parentElement, 3);
            } else if (element.matches('.swatch, .circle')) {
              judge(element, style.borderTopColor, element.parentElement, 3);
            }
          }

          return [...weak];
        }
        """;

    /// <summary>Text differs from what is behind it by 4.5 to 1; large text, icons and what is drawn in charts by 3 to 1.</summary>
    public static async Task ExpectContrastAsync(this BrowserPage page)
    {
        await page.WaitForTransitionsAsync();
        var weak = await page.Page.EvaluateAsync<string[]>(Weak);
        Assert.True(weak.Length == 0, string.Join(Environment.NewLine, weak));
    }
}

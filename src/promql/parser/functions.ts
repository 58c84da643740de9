// The functions of PromQL 3.14: their names and types. How they are calculated stands in function/ and operator/.

export type ValueType = 'scalar' | 'vector' | 'matrix' | 'string' | 'none';

export interface FunctionSignature {
  readonly name: string;
  readonly argTypes: readonly ValueType[];
  /** How many arguments beyond the last but one may be given; negative: any number; 0: exactly those listed. */
  readonly variadic: number;
  readonly returnType: ValueType;
  /** Behind --enable-feature=promql-experimental-functions. */
  readonly experimental: boolean;
}

type Options = Partial<Pick<FunctionSignature, 'variadic' | 'experimental' | 'returnType'>>;

const FUNCTIONS = new Map<string, FunctionSignature>();

function define(names: string, argTypes: readonly ValueType[], options: Options = {}): void {
  for (const name of names.split(' ')) {
    FUNCTIONS.set(name, { name, argTypes, variadic: 0, returnType: 'vector', experimental: false, ...options });
  }
}

const experimental = true;

define('abs absent ceil cos cosh acos acosh asin asinh atan atanh deg exp floor ln log10 log2 rad sgn sin sinh sqrt tan tanh', ['vector']);
define('sort sort_desc timestamp histogram_avg histogram_count histogram_sum histogram_stddev histogram_stdvar', ['vector']);
define('days_in_month day_of_month day_of_week day_of_year hour minute month year', ['vector'], { variadic: 1 });
define('absent_over_time avg_over_time count_over_time last_over_time max_over_time min_over_time present_over_time', ['matrix']);
define('stddev_over_time stdvar_over_time sum_over_time changes delta deriv idelta increase irate rate resets', ['matrix']);
define('first_over_time mad_over_time ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time', ['matrix'], {
  experimental,
});
define('predict_linear', ['matrix', 'scalar']);
define('quantile_over_time', ['scalar', 'matrix']);
define('double_exponential_smoothing', ['matrix', 'scalar', 'scalar'], { experimental });
define('clamp', ['vector', 'scalar', 'scalar']);
define('clamp_max clamp_min', ['vector', 'scalar']);
define('round', ['vector', 'scalar'], { variadic: 1 });
define('histogram_fraction', ['scalar', 'scalar', 'vector']);
define('histogram_quantile', ['scalar', 'vector']);
define('histogram_quantiles', ['vector', 'string', 'scalar', 'scalar'], { variadic: 9, experimental });
define('label_replace', ['vector', 'string', 'string', 'string', 'string']);
define('label_join', ['vector', 'string', 'string', 'string'], { variadic: -1 });
define('sort_by_label sort_by_label_desc', ['vector', 'string'], { variadic: -1, experimental });
define('info', ['vector', 'vector'], { variadic: 1, experimental });
define('vector', ['scalar']);
define('scalar', ['vector'], { returnType: 'scalar' });
define('pi time', [], { returnType: 'scalar' });
define('start end step range', [], { returnType: 'scalar', experimental });
define('min_of max_of', ['scalar', 'scalar'], { returnType: 'scalar', experimental });

export function functionNamed(name: string): FunctionSignature | undefined {
  return FUNCTIONS.get(name);
}

export function allFunctions(): readonly FunctionSignature[] {
  return [...FUNCTIONS.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

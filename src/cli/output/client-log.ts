import { quote } from '../../go/index.ts'

/** What a line of the client library's log says besides its message. */
export interface ClientLogContext {
  readonly nowMs: number
  readonly pid: number
}

/**
 * A line as Helm's client library logs it (klog): `I1121 18:37:47.646000    8472 warnings.go:107] "Warning: …"`, in local
 * time. Scripts that drop such lines from standard error recognise them by this form.
 */
export function clientLogLine(message: string, { nowMs, pid }: ClientLogContext): string {
  const now = new Date(nowMs)
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${two(now.getMonth() + 1)}${two(now.getDate())}`
  const seconds = `${two(now.getSeconds())}.${String(now.getMilliseconds()).padStart(3, '0')}000`
  const time = `${two(now.getHours())}:${two(now.getMinutes())}:${seconds}`
  return `I${day} ${time} ${String(pid).padStart(7)} warnings.go:107] ${quote(message)}`
}

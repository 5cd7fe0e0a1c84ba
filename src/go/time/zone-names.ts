/**
 * Abbreviations of the zone database that do not follow from Intl's English names: seconds east of UTC, the abbreviation, and
 * the zones that call that offset so. A zone that has called it several things is here with what it called it longest, where the
 * last years count most.
 */
const EXCEPTIONS: readonly (readonly [offset: number, abbreviation: string, zones: string])[] = [
  [-39600, '-11', 'Pacific/Apia'],
  [-39600, 'BST', 'America/Adak America/Atka America/Nome US/Aleutian'],
  [-39600, 'SST', 'Pacific/Midway Pacific/Pago_Pago Pacific/Samoa US/Samoa'],
  [-36000, 'AHST', 'America/Anchorage US/Alaska'],
  [-36000, 'BDT', 'America/Nome'],
  [-32400, 'YST', 'America/Dawson'],
  [-25200, 'MST', 'America/Dawson America/Whitehorse Canada/Yukon'],
  [-21600, 'MDT', 'America/Ciudad_Juarez America/Hermosillo America/Mazatlan Mexico/BajaSur'],
  [-18000, 'EST', 'America/Santo_Domingo'],
  [-7200, 'ADDT', 'America/Goose_Bay'],
  [-5400, 'NDDT', 'America/St_Johns Canada/Newfoundland'],
  [-2670, 'MMT', 'Africa/Monrovia'],
  [0, '+00', 'Africa/Casablanca Africa/El_Aaiun Antarctica/Troll'],
  [0, '-00', 'Antarctica/Rothera Antarctica/Vostok'],
  [0, 'GMT', 'GMT+0 GMT-0 GMT0'],
  [3600, '+01', 'Africa/Casablanca Africa/El_Aaiun'],
  [3600, 'BST', 'Europe/Guernsey Europe/Isle_of_Man Europe/Jersey'],
  [3600, 'MET', 'MET'],
  [7200, 'MEST', 'MET'],
  [7200, 'WAST', 'Africa/Ndjamena'],
  [
    10800,
    '+03',
    'Asia/Amman Asia/Damascus Europe/Astrakhan Europe/Minsk Europe/Samara Europe/Saratov Europe/Ulyanovsk',
  ],
  [10800, 'MSK', 'Europe/Volgograd'],
  [14400, '+04', 'Europe/Astrakhan Europe/Saratov Europe/Ulyanovsk'],
  [
    14400,
    'MSD',
    'Europe/Chisinau Europe/Kaliningrad Europe/Kiev Europe/Kyiv Europe/Minsk Europe/Moscow Europe/Riga Europe/Simferopol Europe/Tallinn Europe/Tiraspol Europe/Uzhgorod Europe/Vilnius Europe/Zaporozhye W-SU',
  ],
  [19800, '+0530', 'Asia/Colombo Asia/Thimbu Asia/Thimphu'],
  [21600, 'PKST', 'Asia/Karachi'],
  [28800, '+08', 'Antarctica/Casey Asia/Dili'],
  [28800, 'CST', 'Asia/Macao Asia/Macau Asia/Taipei ROC'],
  [30600, 'KST', 'Asia/Pyongyang'],
  [32400, 'AWDT', 'Australia/Perth Australia/West'],
  [32400, 'CDT', 'Asia/Chongqing Asia/Chungking Asia/Harbin Asia/Macao Asia/Macau Asia/Shanghai Asia/Taipei PRC ROC'],
  [32400, 'HKST', 'Asia/Hong_Kong Hongkong'],
  [32400, 'PDT', 'Asia/Manila'],
  [36000, 'KDT', 'Asia/Seoul ROK'],
  [39600, 'GDT', 'Pacific/Guam Pacific/Saipan'],
  [46800, '+13', 'Pacific/Apia'],
]

let byZone: ReadonlyMap<string, ReadonlyMap<number, string>> | undefined

/** What a zone calls an offset, where Intl does not tell; undefined for all others. */
export function exceptionalAbbreviation(timeZone: string, offset: number): string | undefined {
  byZone ??= readExceptions()
  return byZone.get(timeZone)?.get(offset)
}

function readExceptions(): Map<string, Map<number, string>> {
  const zones = new Map<string, Map<number, string>>()
  for (const [offset, abbreviation, names] of EXCEPTIONS) {
    for (const name of names.split(' ')) {
      const own = zones.get(name) ?? new Map<number, string>()
      zones.set(name, own.set(offset, abbreviation))
    }
  }
  return zones
}

/** Pages asked for with the cookies of many kinds of sites. */
import { cookies, enc, type Shape } from '../shape.ts';

export const cookieShapes: readonly Shape[] = [
  cookies(
    'cookies of a shop',
    words =>
      `cart=${words.token(30)}; cart_sig=${words.hex(32)}; _y=${words.uuid()}; localization=SE; _landing_page=%2F%3Fq%3D%2527; secure_customer_sig=; _orig_referrer=https%3A%2F%2Fwww.google.com%2F; keep_alive=${words.uuid()}`,
  ),
  cookies(
    'cookies in JSON',
    words =>
      `prefs={"theme":"dark","cols":["id","name"],"filter":"a>1 && b<2"}; recent=[${words.below(99)},${words.below(99)}]; OptanonConsent=isGpcEnabled=0&datestamp=Tue+Mar+03+2026+10%3A11%3A12+GMT%2B0100+(CET)&version=202405.1.0&groups=C0001%3A1%2CC0002%3A0&AwaitingReconsent=false`,
  ),
  cookies(
    'cookies of Laravel and Django',
    words =>
      `XSRF-TOKEN=${enc(Buffer.from(JSON.stringify({ iv: words.word(22), value: words.word(120), mac: words.hex(64), tag: '' })).toString('base64'))}; csrftoken=${words.word(32)}; sessionid=.eJx${words.token(60)}:1t${words.word(5)}:${words.token(30)}; messages="W1siX19qc29uX21lc3NhZ2UiLDAsMjUsIkhpIl1d:1t:${words.token(20)}"`,
  ),
  cookies(
    'cookies of a cloud',
    words =>
      `AWSALB=${words.token(90)}/+${words.token(12)}==; ASP.NET_SessionId=${words.word(24).toLowerCase()}; .AspNetCore.Antiforgery.${words.word(11)}=CfDJ8${words.token(110)}; ai_user=${words.token(16)}|2026-01-02T03:04:05.678Z; s_cc=true; s_sq=acme%3D%2526pid%253Dhome%2526oid%253Dfunctionj(e)%257B%257D`,
  ),
  cookies(
    'cookies of a Java portal',
    words =>
      `JSESSIONID=${words.hex(32).toUpperCase()}.worker${words.below(4)}; GUEST_LANGUAGE_ID=pt_BR; COOKIE_SUPPORT=true; phpbb2mysql_data=a%3A2%3A%7Bs%3A11%3A%22autologinid%22%3Bs%3A0%3A%22%22%3Bs%3A6%3A%22userid%22%3Bi%3A${words.below(99)}%3B%7D; phpbb3_k=; mp_${words.hex(12)}_mixpanel=%7B%22distinct_id%22%3A%20%22%24device%3A${words.uuid()}%22%7D`,
  ),
];

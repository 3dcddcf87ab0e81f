/** Shops, travel, banks and calendars: pages and what is sent from them. */
import { enc, form, get, json, parts, type Shape, type Words } from '../../make/shape.ts';

const day = (words: Words): string =>
  `2026-${String(1 + words.below(12)).padStart(2, '0')}-${String(1 + words.below(28)).padStart(2, '0')}`;

export const shopShapes: readonly Shape[] = [
  get(
    'shop category, path facets',
    w => `/damen/jacken/farbe_rot-blau/groesse_${36 + w.below(10)}/preis_bis_${w.below(300)}/?sort=relevanz-ab`,
  ),
  get(
    'shop category, layered',
    w =>
      `/catalog/category/view/id/${w.below(999)}?color=${w.below(99)}%2C${w.below(99)}&price=${w.below(50)}.00-150.00&product_list_order=price&product_list_dir=desc&p=2`,
  ),
  get(
    'shop, WooCommerce filters',
    w =>
      `/shop/?filter_size=m,l&query_type_size=or&min_price=${w.below(40)}&max_price=400&rating_filter=4,5&orderby=popularity&s=${enc(w.words())}&post_type=product`,
  ),
  get(
    'shop, Shopify suggestions',
    w =>
      `/search/suggest.json?q=${enc(w.words())}&resources[type]=product,page,article&resources[limit]=${1 + w.below(9)}&resources[options][unavailable_products]=last&section_id=predictive-search`,
  ),
  get(
    'shop, sections of a theme',
    w =>
      `/products/linen-shirt-${w.below(99)}?section_id=template--${w.below(9e9)}__main&option_values=${w.below(9e9)},${w.below(9e9)}`,
  ),
  get(
    'shop, Shopware sync',
    w =>
      `/widgets/listing/filter?p=1&properties=${w.hex(32)}%7C${w.hex(32)}&manufacturer=${w.hex(32)}&shipping-free=1&reduceAggregations=1`,
  ),
  get(
    'marketplace, keyword and nodes',
    w =>
      `/s?k=${enc(w.words())}&i=garden&rh=n%3A${w.below(9e9)}%2Cp_36%3A1000-${w.below(9000)}%2Cp_n_feature_browse-bin%3A${w.below(9e6)}&dc&qid=${w.time()}&rnid=${w.below(9e6)}&ref=sr_nr_p_36_${w.below(6)}`,
  ),
  get(
    'marketplace, saved search',
    w =>
      `/itm/${w.below(9e9)}?_trkparms=amclksrc%3DITM%26aid%3D1110006%26algo%3DHOMESPLICE.SIM%26ao%3D1%26asc%3D${w.below(9e6)}%26meid%3D${w.hex(32)}%26pid%3D101875%26rk%3D1&_trksid=p2332490.c101875.m1851&epid=${w.below(9e9)}`,
  ),
  get(
    'price comparison',
    w =>
      `/preisvergleich/?cat=nb&xf=${enc(`12_32768~2379_14~6763_DDR5~82_SSD`)}&v=e&hloc=at&hloc=de&bpmax=${w.below(2000)}&sort=-r&fs=${enc(w.words())}`,
  ),
  get(
    'classified adverts',
    w =>
      `/s-fahrraeder/${enc(w.words())}/k0c217l3331r${w.below(99)}+fahrraeder.type_s:herren+fahrraeder.art_s:trekking`,
  ),
  get(
    'car adverts',
    w =>
      `/lst/skoda/octavia?atype=C&cy=D%2CA%2CCH&damaged_listing=exclude&desc=0&fregfrom=20${10 + w.below(14)}&kmto=${w.below(9)}0000&powertype=kw&sort=standard&ustate=N%2CU&zip=${enc('8010 Graz')}&zipr=${w.below(200)}`,
  ),
  get('recipes', w =>
    `/rs/s0o8p${w.below(9)}n1z1b0i0m${w.below(900)}r0/${enc(w.words())}/Rezepte.html?diet=vegan,-nuts&time<=30`.replace(
      '<',
      '%3C',
    ),
  ),
  get(
    'seats of a cinema',
    w =>
      `/booking/seats?show=${w.uuid()}&seats=${enc('G-12|G-13|G-14')}&tariff[adult]=2&tariff[child]=${w.below(4)}&promo=${enc("KINO'26")}`,
  ),
  get(
    'hotel, rooms and ages',
    w =>
      `/hotel/at/post-${w.below(99)}.html?checkin=${day(w)}&checkout=2026-12-30&rooms=${enc('[{"adults":2,"ages":[4,7]},{"adults":1}]')}&currency=EUR&aff_sub=${w.token(12)}`,
  ),
  get(
    'flight offers',
    w =>
      `/dl/deal?data=${enc(JSON.stringify({ o: 'VIE', d: 'NRT', dep: day(w), pax: 'a2c0i0', cls: 'Y', via: ['!LHR'], max: w.below(1500) }))}`,
  ),
  get(
    'train connections',
    w =>
      `/en/buchung/fahrplan/suche?S=${enc('Zürich HB')}&Z=${enc('Genève-Aéroport, Quai 3&4')}&date=${day(w)}&time=${8 + w.below(9)}:30&timeSel=depart&REQ0JourneyProduct_prod_list=1:0111111111000000`,
  ),
  get(
    'calendar of a venue',
    w =>
      `/events/?tribe_eventcategory[]=${w.below(99)}&tribe-bar-date=${day(w)}&tribe-bar-search=${enc(w.words())}&eventDisplay=list&hide_subsequent_recurrences=1`,
  ),
  get(
    'appointment slots',
    w =>
      `/availabilities.json?visit_motive_ids=${w.below(9e6)}&agenda_ids=${w.below(9e5)}-${w.below(9e5)}-${w.below(9e5)}&practice_ids=${w.below(9e4)}&telehealth=false&start_date=${day(w)}&limit=5`,
  ),
  get(
    'add to calendar',
    w =>
      `/calendar/render?action=TEMPLATE&text=${enc(w.text().slice(0, 60))}&dates=20260914T170000Z/20260914T183000Z&details=${enc('See <b>agenda</b> & bring a friend\nhttps://example.com/e?id=4')}&location=${enc("St. Mary's Hall, 2nd floor")}`,
  ),
  get(
    'share to a chat',
    w =>
      `/send?phone=4917${w.below(99_999_999)}&text=${enc(`Hi! I'm interested in "${w.words()}" (https://shop.example.com/p/${w.below(99)}?ref=wa&v=2)`)}`,
  ),
  get(
    'share dialogue',
    w =>
      `/sharer/sharer.php?u=${enc(`https://blog.example.com/2026/${w.words()}/?utm_source=fb&utm_medium=social#comments`)}&quote=${enc(w.text().slice(0, 80))}`,
  ),
  get(
    'mail link with subject',
    w =>
      `/mail/?extsrc=mailto&url=${enc(`mailto:${w.mail()}?subject=${enc(w.text().slice(0, 40))}&cc=a.b@example.org&body=Hello,%0D%0A%0D%0A`)}`,
  ),
  get(
    'unsubscribe link',
    w =>
      `/unsub?u=${w.token(18)}&id=${w.hex(10)}&e=${w.token(22)}&c=${w.hex(10)}&m=${enc("Weekly: Don't miss <50% deals>")}`,
  ),
  get(
    'tracked click of a newsletter',
    w => `/ls/click?upn=u001.${w.token(40)}-2B${w.token(60)}-3D-3D${w.word(4)}_${w.token(90)}`,
  ),
  get(
    'tracked click of an affiliate',
    w =>
      `/click?p=${w.below(99_999)}&a=${w.below(9e6)}&g=${w.below(9e6)}&url=${enc(enc(`https://www.example.com/sale?x=${w.words()}&y=(1)`))}&epi=${w.uuid()}`,
  ),
  get(
    'loyalty card',
    w =>
      `/pass/v1/passes/pass.com.example.card/${w.hex(16)}?passesUpdatedSince=${w.time()}&sig=${w.token(32)}~${w.below(9)}`,
    () => ({ 'user-agent': 'PassKit/1 CFNetwork/1496.0.7 Darwin/23.5.0' }),
  ),
  json('shop cart, Ajax', '/cart/add.js', w => ({
    items: [
      {
        id: w.below(9e9),
        quantity: 1,
        properties: { Engraving: w.text().slice(0, 30), _gift: 'yes & "wrapped"', 'Date (from)': day(w) },
      },
    ],
    sections: 'cart-drawer,cart-icon-bubble',
    sections_url: '/products/ring?variant=1',
  })),
  form('shop checkout, classic', '/?wc-ajax=checkout', w => ({
    billing_first_name: w.name().split(' ')[0] ?? 'A',
    billing_last_name: w.pick(["O'Donnell", 'Ó Súilleabháin', 'van ’t Hoff', 'Dell’Acqua', 'Select', 'Or']),
    billing_address_1: w.pick([
      "47 King's Rd; Flat #2",
      'Straße des 17. Juni 135',
      'Rua 25 de Março, 1/B',
      '12 Rue de l’Église',
    ]),
    billing_postcode: `${w.below(99_999)}`,
    billing_email: w.mail(),
    order_comments: w.text(),
    shipping_method: 'flat_rate:3',
    payment_method: 'stripe',
    terms: 'on',
    'woocommerce-process-checkout-nonce': w.hex(10),
    _wp_http_referer: '/?wc-ajax=update_order_review',
  })),
  json('shop checkout, GraphQL', '/checkouts/unstable/graphql?operationName=SubmitForCompletion', w => ({
    operationName: 'SubmitForCompletion',
    query:
      'mutation SubmitForCompletion($input:NegotiationInput!,$attemptToken:String!){submitForCompletion(input:$input attemptToken:$attemptToken){...on SubmitSuccess{receipt{...ReceiptDetails __typename}}...on CheckpointDenied{redirectUrl}__typename}}fragment ReceiptDetails on Receipt{...on ProcessedReceipt{id}}',
    variables: {
      attemptToken: `${w.hex(32)}-${w.hex(5)}`,
      input: {
        delivery: { note: w.text() },
        merchandise: { lines: [{ id: 'gid://shopify/ProductVariant/1', qty: { items: { value: 1 } } }] },
        buyer: { email: w.mail(), name: w.name() },
      },
    },
  })),
  form('payment page, card bank', '/3ds2/challenge', w => ({
    creq: Buffer.from(
      JSON.stringify({
        threeDSServerTransID: w.uuid(),
        acsTransID: w.uuid(),
        challengeWindowSize: '03',
        messageType: 'CReq',
        messageVersion: '2.2.0',
      }),
    ).toString('base64url'),
    threeDSSessionData: w.token(60),
  })),
  form('payment return, redirect', '/payment/return?order=1', w => ({
    STATUS: '5',
    orderID: `WEB-${w.below(9e6)}`,
    PAYID: `${w.below(9e9)}`,
    BRAND: 'VISA',
    CN: w.name(),
    SHASIGN: w.hex(128).toUpperCase(),
    COMPLUS: 'a=1&b=2;c',
    CARDNO: 'XXXXXXXXXXXX1111',
  })),
  json('bank transfer', '/api/payments/sepa', w => ({
    creditor: { name: w.name(), iban: `DE${w.below(89) + 10}5001051754${w.below(9e7)}` },
    amount: { value: `${w.below(900)}.${10 + w.below(90)}`, currency: 'EUR' },
    remittance: w.pick([
      "Rent Nov. -- flat 4/2; O'Neill",
      '/INV/2026-11 30.10.2026',
      'Verein & Freunde: Beitrag (2. HJ)',
      w.text(),
    ]),
    tan: `${w.below(999_999)}`,
  })),
  get(
    'bank, list of bookings',
    w =>
      `/banking/clients/user/v2/accounts/${w.hex(32).toUpperCase()}/transactions?transactionState=BOOKED&paging-first=0&min-bookingDate=${day(w)}&sort=-amount,bookingDate&filter=${enc('amount>=-50 AND remittanceInfo~"rent*"')}`,
  ),
  json(
    'tax form',
    '/api/v2/returns/2025/draft',
    w => ({
      patch: [
        {
          op: 'replace',
          path: '/income/0/employer',
          value: w.pick(['Öztürk & Co. KG', "Macy's, Inc. (NY)", 'A/S Norden']),
        },
        { op: 'add', path: '/notes/-', value: w.text() },
        { op: 'test', path: '/rev', value: w.below(40) },
      ],
    }),
    { method: 'PATCH', type: 'application/json-patch+json' },
  ),
  json('insurance claim', '/api/claims', w => ({
    at: day(w),
    what: w.text(),
    car: { plate: `W-${w.below(9999)} AB`, vin: w.word(17).toUpperCase() },
    harm: ['bumper', 'door (left, rear)'],
    witness: { name: w.name(), phone: `+43 (0)664 / ${w.below(9e6)} DW-${w.below(99)}` },
    sketch: `data:image/png;base64,${w.token(200)}`,
  })),
  parts('upload of a receipt', '/expenses/new', w => [
    { name: 'utf8', value: '✓' },
    { name: 'authenticity_token', value: `${w.token(64)}==` },
    { name: 'expense[title]', value: w.text().slice(0, 60) },
    { name: 'expense[amount]', value: `${w.below(99)},90` },
    {
      name: 'expense[receipt]',
      value: Buffer.from(`%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\nstream ${w.word(200)} endstream`),
      filename: w.pick(['Quittung (3).pdf', "l'addition.pdf", 'Receipt #44; taxi.pdf']),
      type: 'application/pdf',
    },
    { name: 'commit', value: 'Save' },
  ]),
  json('returns portal', '/apps/returns/api/create', w => ({
    order: `#${w.below(9999)}`,
    zip: `${w.below(99_999)}`,
    items: [{ lineId: w.below(9e9), reason: 'Size: too small / too "tight"', comment: w.text() }],
    refund: { to: 'original_payment', iban: null },
  })),
  json('review of a product', '/api/reviews', w => ({
    product: w.below(9e6),
    stars: 1 + w.below(5),
    title: w.pick(['Meh...', '10/10 <3', "Don't buy!!", 'Super!!1']),
    text: w.text(),
    name: w.name(),
    pros: 'light; quiet',
    cons: "-- can't think of any --",
    photos: [],
  })),
  form('raffle', '/gewinnspiel/teilnahme', w => ({
    anrede: 'Frau',
    vorname: w.name(),
    email: w.mail(),
    antwort: w.pick(['C) 1989', 'A & B', '<b>', '42 (?)']),
    'slogan[0]': w.text(),
    agb: 'on',
    'g-recaptcha-response': `03AFcWeA${w.token(200)}`,
  })),
  form('donation', '/donate', w => ({
    amount: w.pick(['25', 'other']),
    amount_other: '$1,000.00',
    frequency: 'month',
    tribute: `In memory of ${w.name()} – "Nan"`,
    message: w.text(),
    email: w.mail(),
    cc_exp: `${1 + w.below(12)}/29`,
    country: 'IE',
    employer: 'Johnson & Johnson',
  })),
  form('library loan', '/cgi-bin/koha/opac-reserve.pl', w => ({
    place_reserve: '1',
    biblios: `${w.below(99_999)}/`,
    single_bib: `${w.below(99_999)}`,
    selecteditems: `${w.below(99)}///GRAZ/`,
    branch: 'MAIN',
    notes: w.text(),
    csrf_token: `${w.hex(40)},${w.hex(40)},${w.time()}`,
    op: 'cud-reserve',
  })),
  form('lab order', '/hunt/lims/samples', w => ({
    cas: `${w.below(99_999)}-${10 + w.below(89)}-${w.below(9)}`,
    iupac: w.pick([
      "N,N'-dicyclohexylcarbodiimide",
      '2-[4-(2-methylpropyl)phenyl]propanoic acid',
      "5'-O-(4,4'-dimethoxytrityl)thymidine",
    ]),
    smiles: w.pick(['CC(C)Cc1ccc(cc1)[C@@H](C)C(=O)O', 'C1CCC(CC1)N=C=NC2CCCCC2', 'O=C(O)/C=C\\C(=O)O']),
    purity: '>= 98 %',
    storage: '2-8 °C; dark',
    remark: w.text(),
  })),
];

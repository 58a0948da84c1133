"""What columns are called in files, in three languages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# Names without marks, case or signs, the usual first. English, Spanish, Latvian.
NAMES: Mapping[str, str] = MappingProxyType({
    "customer": "customer, customer id, customer no, customer number, customer code, client, "
                "client id, cust id, user id, member id, account holder, cliente, id cliente, "
                "codigo cliente, numero de cliente, klients, klienta nr, klienta id, klienta kods, "
                "pircejs, pirceja nr",
    "name": "name, full name, customer name, company name, company, display name, nombre, "
            "nombre completo, razon social, empresa, vards, vards uzvards, vards un uzvards, "
            "nosaukums, pilns vards, klienta vards, product name, product, description, title, "
            "producto, nombre del producto, descripcion, produkts, produkta nosaukums, prece, "
            "apraksts",
    "phone": "phone, phone number, telephone, tel, mobile, mobile phone, cell, contact number, "
             "telefono, movil, celular, talrunis, talr, talruna numurs, mobilais, telefons",
    "email": "email, e mail, email address, mail, correo, correo electronico, e pasts, epasts, "
             "e pasta adrese",
    "language": "language, lang, preferred language, idioma, lengua, valoda",
    "country": "country, country code, nation, pais, valsts, valsts kods",
    "birth_date": "birth date, date of birth, birthday, dob, born, fecha de nacimiento, "
                  "nacimiento, dzimsanas datums, dzimis, dzim datums",
    "type": "type, profile type, customer type, tipo, tipo de cliente, klienta tips, veids",
    "product": "product, product id, product code, sku, item, item code, stock code, article, "
               "article no, producto, codigo producto, articulo, codigo, produkts, produkta kods, "
               "prece, preces kods, artikuls, track id",
    "kind": "kind, category, product type, type, group, tipo, categoria, clase, veids, kategorija, "
            "grupa",
    "price": "price, unit price, list price, amount, precio, precio unitario, cena, vienibas cena",
    "currency": "currency, currency code, moneda, divisa, valuta",
    "holding": "holding, contract, contract id, contract no, account, account id, policy no, "
               "subscription id, contrato, numero de contrato, cuenta, liguma nr, ligums, konts",
    "role": "role, holder type, rol, loma",
    "status": "status, state, estado, situacion, statuss, stavoklis",
    "opened_on": "opened on, opened, start date, open date, since, begin date, fecha de alta, "
                 "fecha inicio, atverts, sakuma datums, no",
    "closed_on": "closed on, closed, end date, close date, fecha de baja, fecha fin, slegts, "
                 "beigu datums, lidz",
    "matures_on": "matures on, maturity, maturity date, vencimiento, fecha de vencimiento, "
                  "termins, atmaksas datums",
    "fixed_until_on": "fixed until, fixed until on, rate fixed until, tipo fijo hasta, "
                      "fikseta lidz",
    "number": "number, account number, card number, iban, contract number, numero, "
              "numero de cuenta, numurs, konta numurs",
    "serial": "serial, serial number, serial no, imei, vin, numero de serie, serie, "
              "serijas numurs, serijas nr",
    "balance": "balance, outstanding, saldo, atlikums",
    "balance_on": "balance on, balance date, fecha saldo, atlikuma datums",
    "limit": "limit, credit limit, limite, limite de credito, limits, kreditlimits",
    "rate": "rate, interest rate, tasa, tipo de interes, likme, procentu likme",
    "date": "date, purchase date, order date, invoice date, transaction date, sold at, "
            "purchased at, timestamp, fecha, fecha de compra, fecha de factura, fecha pedido, "
            "datums, pirkuma datums, ceka datums, rekina datums",
    "amount": "amount, total, sum, value, total amount, price paid, revenue, sales, spent, "
              "importe, monto, total factura, suma, valor, summa, kopa, apjoms",
    "reference": "reference, receipt, receipt no, order id, order no, invoice, invoice id, "
                 "invoice no, invoice number, document, document no, transaction id, referencia, "
                 "recibo, ticket, factura, numero de factura, pedido, ceka nr, ceks, rekina nr, "
                 "rekins, pasutijuma nr, dokumenta nr",
    "original": "original, original reference, original invoice, returned receipt, "
                "factura original, pamats, sakotnejais ceks",
    "quantity": "quantity, qty, pieces, units, count, number of items, cantidad, unidades, "
                "daudzums, skaits, gab",
    "channel": "channel, sales channel, canal, kanals, pardosanas kanals",
    "place": "place, shop, store, branch, location, till, tienda, sucursal, lugar, veikals, "
             "filiale, vieta, kase",
    "tax": "tax, vat, iva, impuesto, pvn, nodoklis",
    "value": "value, identity, identifier, contact, valor, identificador, vertiba, "
             "identifikators, kontakts",
    "primary": "primary, main, preferred, is primary, principal, preferido, galvenais, primarais",
    "shared": "shared, is shared, compartido, kopigs",
    "bouncing": "bouncing, bounced, undeliverable, rebotado, devuelto, atgriezas, nepiegadajams",
    "purpose": "purpose, address type, address kind, finalidad, proposito, tipo de direccion, "
               "noluks, merkis, adreses veids",
    "street": "street, street address, address line 1, address 1, address, calle, direccion, "
              "domicilio, iela, adrese, ielas adrese",
    "more": "more, address line 2, address 2, flat, floor, building, piso, puerta, "
            "linea de direccion 2, dzivoklis, stavs",
    "postcode": "postcode, postal code, zip, zip code, codigo postal, cp, pasta indekss, indekss",
    "city": "city, town, locality, ciudad, poblacion, localidad, municipio, pilseta, vieta",
    "region": "region, state, province, county, provincia, comunidad, estado, novads, regions",
    "care_of": "care of, c o, attention, attn, a la atencion de, at, sanemejs",
    "starts_on": "starts on, valid from, from date, from, since, valido desde, desde, "
                 "sakums, derigs no, no",
    "ends_on": "ends on, valid until, valid to, until, to date, valido hasta, hasta, "
               "beigas, derigs lidz, lidz",
    "relation": "relation, relationship, relation type, relacion, tipo de relacion, parentesco, "
                "attiecibas, saistiba, radnieciba",
    "other": "other, other customer, related to, related customer, otro cliente, "
             "relacionado con, otrs klients, saistitais klients",
    "may_act": "may act, may act for, can act, puede actuar, drikst rikoties",
    "other_may_act": "other may act, otro puede actuar, otrs drikst rikoties",
    "decision": "decision, consent, status, opt in, optin, decision del cliente, consentimiento, "
                "lemums, piekrisana",
    "origin": "origin, obtained by, collected by, consent source, source, origen, procedencia, "
              "izcelsme, ieguves vieta",
    "address": "address, contact address, to, direccion de contacto, kontaktadrese",
    "basis": "basis, lawful basis, legal basis, base juridica, base legal, tiesiskais pamats",
    "wording": "wording, wording version, text version, version, version del texto, "
               "teksta versija",
    "evidence": "evidence, proof, evidencia, prueba, pieradijums",
    "discount": "discount, rebate, descuento, atlaide",
})  # fmt: skip
